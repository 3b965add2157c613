using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A connection that could not be opened, or that failed in use, stays in the cache for those who come later.</summary>
internal sealed class LCA3002EvictFailedConnection : IRule
{
    public const string Id = "LCA3002";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not keep a failed connection in the cache",
        "'{0}' keeps a failed connection: {1}",
        "Reuse", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A faulted or cancelled task is a value like any other, and Lazy<T> keeps its exception in every mode but PublicationOnly: everybody who asks later gets the same failure, long after the other side is back. Likewise a connection whose use failed, where the catch around it leaves it in the cache. Take it out when it fails.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var reported = new HashSet<SyntaxNode>();
        CacheFills? fills = null;
        KeptFailures? failures = null;
        FailureEvictions? evictions = null;
        var keepers = new Keepers(file);
        foreach (var member in file.AllCode)
        {
            if (!CacheFills.MayFill(member) && !keepers.AreNamedIn(member) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            fills ??= new CacheFills(file.Analysis);
            failures ??= new KeptFailures(file.Analysis, file.Cancellation);
            foreach (var fill in fills.In(root))
            {
                if (reported.Contains(fill.Operation.Syntax) || !failures.Keeps(fill.Value, fill.IsFactory) || IsPartOfAnother(fill, root, fills)) continue;
                evictions ??= new FailureEvictions(file.Analysis, fills, file.Cancellation);
                if (evictions.Evict(fill, member.Declaration)) continue;
                reported.Add(fill.Operation.Syntax);
                Report(file, fill, "nothing takes out the task or lazy that failed, and whoever asks later gets the same failure");
            }
        }

        CheckUses(file, reported);
    }

    /// <summary>Of <c>_map[key] = _last = ConnectAsync()</c> the outer assignment alone is reported.</summary>
    private static bool IsPartOfAnother(CacheFill fill, IOperation root, CacheFills fills) =>
        fill.Operation.Parent is { } parent && parent != root && fills.In(root).Any(other => other != fill && other.Operation != fill.Operation && Code.Unwrapped(other.Value) == fill.Operation);

    /// <summary>Uses of a kept connection whose failure is caught and leaves it where it is.</summary>
    private static void CheckUses(RuleContext file, HashSet<SyntaxNode> reported)
    {
        FailingUses? uses = null;
        foreach (var body in file.ReuseBodies)
        {
            if (!body.Syntax.DescendantNodes().Any(n => n is CatchClauseSyntax) || file.Summarise(body) is not { } summary) continue;
            foreach (var send in summary.Sends.OrderBy(s => s.Operation.Syntax.SpanStart))
            {
                if (send.Validated || KeptConnections.CacheOf(file, send) is not { } cache || LCA3001ValidateCachedSession.CallersValidate(file, body, send)) continue;
                uses ??= new FailingUses(file);
                if (!uses.StaysAfter(send, body, cache) || uses.FillOf(cache, send.Operation) is not { } fill || !reported.Add(fill.Operation.Syntax)) continue;
                Report(file, fill, $"the catch around '{send.Member.Name}' neither takes it out nor closes it", uses.ClauseAround(send, body));
            }
        }
    }

    private static void Report(RuleContext file, CacheFill fill, string reason, Location? clause = null)
    {
        var name = fill.Cache?.Name ?? (fill.Operation as IInvocationOperation)?.TargetMethod.Name ?? "Value";
        file.Report(Diagnostic.Create(Rule, fill.Operation.Syntax.GetLocation(), clause is null ? [] : [clause], name, reason));
    }

    /// <summary>The members of a file's types that hold tasks or lazies: their names are worth a look.</summary>
    private sealed class Keepers(RuleContext file)
    {
        private readonly Dictionary<SyntaxNode, HashSet<string>> _names = [];

        public bool AreNamedIn(CodeMember member)
        {
            if (member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration) return false;
            if (!_names.TryGetValue(declaration, out var names)) _names[declaration] = names = Of(declaration);
            return names.Count > 0 && member.Identifiers.Meets(names);
        }

        private HashSet<string> Of(TypeDeclarationSyntax declaration)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            for (var type = file.Model.GetDeclaredSymbol(declaration, file.Cancellation) as INamedTypeSymbol; type is not null; type = type.ContainingType)
            {
                for (INamedTypeSymbol? candidate = type; candidate is not null; candidate = candidate.BaseType)
                {
                    foreach (var member in candidate.GetMembers())
                    {
                        if (member is IFieldSymbol { IsImplicitlyDeclared: false, Type: var held } && Keeps(held, 2) || member is IPropertySymbol { IsIndexer: false, Type: var answered } && Keeps(answered, 2)) names.Add(member.Name);
                    }

                    foreach (var parameter in candidate.InstanceConstructors.SelectMany(c => c.Parameters))
                    {
                        if (Keeps(parameter.Type, 2)) names.Add(parameter.Name);
                    }
                }
            }

            return names;
        }

        private static bool Keeps(ITypeSymbol type, int depth) =>
            type is INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } generic && (Tasks.IsTask(generic) || generic.Name.EndsWith("Lazy", StringComparison.Ordinal) || depth > 0 && arguments.Any(a => Keeps(a, depth - 1)))
            || type.Name is "IMemoryCache" or "MemoryCache" or "ObjectCache";
    }
}
