using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;
using LifecycleAnalyzers.Rules.Creation.Custody;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>A connection was accepted, its other half cannot be opened, and the peer waits on for ever.</summary>
internal sealed class LCA1006CloseBoth : IRule
{
    public const string Id = "LCA1006";

    /// <summary>The property of the diagnostic that names the connection which is left behind.</summary>
    public const string Victim = "victim";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Close the accepted connection when its upstream fails",
        "When {0}, {1}",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Whoever has accepted a connection answers for it. When the second connection that it needs cannot be opened, the first must be closed: its peer would wait for an answer that never comes, and the socket stays open.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        Custodian? custodian = null;
        Owners? owners = null;
        HashSet<string>? creating = null;
        foreach (var member in file.CodeMembers)
        {
            creating ??= file.Analysis.Catalogue.AllMemberNames(Role.Create);
            if (!LCA1003CloseOnFailure.MayOpen(member) && !member.Identifiers.Contains("WhenAll") && !member.Identifiers.Contains("WhenAny") && !member.Identifiers.Meets(creating)) continue;
            custodian ??= new Custodian(file.Analysis, file.Cancellation);
            owners ??= new Owners(file.Analysis, file.Cancellation);
            foreach (var body in file.BodiesOf(member)) Check(file, custodian, owners, body);
        }
    }

    private static void Check(RuleContext file, Custodian custodian, Owners owners, Body body)
    {
        var reported = new HashSet<SyntaxNode>();
        foreach (var source in custodian.Sources(body))
        {
            if (source is IInvocationOperation call && VictimRule.IsAccept(call.TargetMethod))
                Follow(file, custodian, body, source, null, NameOf(source), reported);
        }

        foreach (var parameter in body.Method?.Parameters ?? [])
        {
            // What comes out of the method was not given to it.
            if (parameter.RefKind != RefKind.Out && owners.MayBeOwned(parameter.Type) && Follows(file, custodian, body, null, parameter) is { Count: > 0 } found && owners.Owns(body.Method!, parameter, body.Syntax))
                Report(file, found, parameter.Name, reported);
        }

        CheckRelay(file, owners, body, reported);
        if (body.Outer is { } outer && body.Syntax is AnonymousFunctionExpressionSyntax)
        {
            foreach (var local in Accepted(custodian, outer))
            {
                if (body.Syntax.Mentions(local.Name) && !ClosedOutside(outer.Syntax, body.Syntax, local.Name)) Follow(file, custodian, body, null, local, local.Name, reported);
            }
        }
    }

    private static void CheckRelay(RuleContext file, Owners owners, Body body, HashSet<SyntaxNode> reported)
    {
        if (Relays.Find(file, owners, body) is { } found && !reported.Any(r => r.Span.Contains(found.Call.Span) || found.Call.Span.Contains(r.Span)))
            file.Report(Diagnostic.Create(Rule, found.Call.GetLocation(), "one direction ends", "the other one between '" + found.First + "' and '" + found.Second + "' goes on"));
    }

    /// <summary>The variables of the code around a lambda that hold what it has accepted.</summary>
    private static IEnumerable<ILocalSymbol> Accepted(Custodian custodian, Body outer)
    {
        foreach (var block in outer.Graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                var assignment = operation as ISimpleAssignmentOperation ?? (operation as IExpressionStatementOperation)?.Operation as ISimpleAssignmentOperation;
                if (assignment?.Target is ILocalReferenceOperation { Local: var local } && PathView<Kept>.Unwrapped(assignment.Value) is IInvocationOperation call
                    && VictimRule.IsAccept(call.TargetMethod) && custodian.Given(call) is not null) yield return local;
            }
        }
    }

    private static bool ClosedOutside(SyntaxNode outer, SyntaxNode lambda, string name)
    {
        var without = outer.ReplaceNode(lambda, SyntaxFactory.ParseExpression("_"));
        return Owners.Closes(without, name);
    }

    private static void Follow(RuleContext file, Custodian custodian, Body body, IOperation? source, ISymbol? given, string name, HashSet<SyntaxNode> reported)
    {
        if (Follows(file, custodian, body, source, given) is { } found) Report(file, found, name, reported);
    }

    /// <summary>The openings whose failure leaves the connection behind.</summary>
    private static List<IOperation>? Follows(RuleContext file, Custodian custodian, Body body, IOperation? source, ISymbol? given)
    {
        var rule = new VictimRule(custodian, body, source, Custodian.Depth);
        var exits = PathEngine<Kept>.Exits(file.Analysis, body, rule, given is null ? default : new Kept(Hold.Held), given is null ? null : [given], file.Cancellation);
        return exits is null ? null : rule.Lost.Concat(exits.Where(e => e.Token is { Hold: Hold.Failed, By: not null }).Select(e => e.Token.By!)).OrderBy(o => o.Syntax.SpanStart).ToList();
    }

    private static void Report(RuleContext file, List<IOperation> failed, string name, HashSet<SyntaxNode> reported)
    {
        if (failed.FirstOrDefault() is not { } first || !reported.Add(first.Syntax)) return;
        var opening = first switch
        {
            IInvocationOperation call => call.TargetMethod.Name,
            IObjectCreationOperation made => "new " + made.Type?.Name,
            _ => "",
        };
        file.Report(Diagnostic.Create(Rule, first.Syntax.GetLocation(), failed.Skip(1).Select(f => f.Syntax).Distinct().Where(f => f != first.Syntax).Select(f => f.GetLocation()), ImmutableDictionary<string, string?>.Empty.Add(Victim, name), "'" + opening + "' fails", "'" + name + "' is neither closed nor handed on"));
    }

    private static string NameOf(IOperation source)
    {
        for (var node = source.Syntax.Parent; node is not null and not StatementSyntax; node = node.Parent)
        {
            if (node is VariableDeclaratorSyntax variable) return variable.Identifier.ValueText;
            if (node is AssignmentExpressionSyntax { Left: var left }) return left.ToString();
        }

        return source.Type?.Name ?? "";
    }
}
