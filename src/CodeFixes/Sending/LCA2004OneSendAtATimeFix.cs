using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Text;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Sending;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>
/// One gate beside the connection, and every send that can overlap another one through it. A gate that is there, but is given back between
/// the frames of a message, moves around them; what one call starts together on a connection of its own is sent in turn.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA2004OneSendAtATimeFix : CodeFixProvider
{
    private const string GateKey = "LCA2004.SendGate";
    private const string SemaphoreKey = "LCA2004.Semaphore";
    private const string SameKey = "LCA2004.SameGate";
    private const string WholeKey = "LCA2004.WholeMessage";
    private const string InTurnKey = "LCA2004.InTurn";
    private const string InTurnTitle = "Send one after the other";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA2004OneSendAtATime.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) as CompilationUnitSyntax;
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var send = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>();
            if (send is null || await context.OfferAsync(diagnostic, WholeMessage.UnderOneGate(send, root), "Hold the gate for the whole message", WholeKey).ConfigureAwait(false)) continue;
            // A variable that only this call of the function knows needs no gate: nobody else sends on it.
            var inTurn = OneAfterTheOther.In(send, root, model);
            if (inTurn is not null && IsVariable(send, model) && await context.OfferAsync(diagnostic, inTurn, InTurnTitle, InTurnKey).ConfigureAwait(false)) continue;
            if (!await OfferGateAsync(context, diagnostic, root, model).ConfigureAwait(false)) await context.OfferAsync(diagnostic, inTurn, InTurnTitle, InTurnKey).ConfigureAwait(false);
        }
    }

    private static bool IsVariable(InvocationExpressionSyntax send, SemanticModel model) =>
        send.Expression is MemberAccessExpressionSyntax { Expression: var connection } && model.GetSymbolInfo(connection).Symbol is ILocalSymbol or IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } };

    private static async Task<bool> OfferGateAsync(CodeFixContext context, Diagnostic diagnostic, CompilationUnitSyntax root, SemanticModel model)
    {
        if (Sends(diagnostic, root) is not { Count: > 0 } sends || !diagnostic.Properties.TryGetValue(LCA2004OneSendAtATime.Holder, out var holder) || holder is null) return false;
        if (diagnostic.Properties.TryGetValue(LCA2004OneSendAtATime.Gate, out var gate) && gate is not null)
            return await OfferAsync(context, diagnostic, together => Through(gate, sends, root, model, together), $"Send through '{gate}', too", SameKey).ConfigureAwait(false);
        var isOffered = false;
        if (!model.Compilation.GetTypesByMetadataName(GateKind.SendGate.Space + "." + GateKind.SendGate.Type).IsEmpty)
            isOffered = await OfferAsync(context, diagnostic, together => Beside(holder, GateKind.SendGate, sends, root, model, together), "Let one send through at a time with a SendGate", GateKey).ConfigureAwait(false);
        return await OfferAsync(context, diagnostic, together => Beside(holder, GateKind.Semaphore, sends, root, model, together), "Let one send through at a time with a semaphore", SemaphoreKey).ConfigureAwait(false) || isOffered;
    }

    /// <summary>First with the parts of a message under one gate; where that does not compile, each for itself.</summary>
    private static async Task<bool> OfferAsync(CodeFixContext context, Diagnostic diagnostic, Func<bool, SyntaxNode?> make, string title, string key)
    {
        foreach (var together in new[] { true, false })
        {
            if (await context.OfferAsync(diagnostic, make(together), title, key).ConfigureAwait(false)) return true;
        }

        return false;
    }

    /// <summary>The sends that the analyzer has named.</summary>
    private static List<InvocationExpressionSyntax>? Sends(Diagnostic diagnostic, CompilationUnitSyntax root)
    {
        if (!diagnostic.Properties.TryGetValue(LCA2004OneSendAtATime.Ungated, out var places) || string.IsNullOrEmpty(places)) return null;
        var sends = new List<InvocationExpressionSyntax>();
        foreach (var place in places!.Split(';'))
        {
            var numbers = place.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            var span = new TextSpan(numbers[0], numbers[1]);
            if (!root.FullSpan.Contains(span) || root.FindNode(span, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } send) return null;
            sends.Add(send);
        }

        return sends;
    }

    /// <summary>The gate is there: what does not go through it, does.</summary>
    private static SyntaxNode? Through(string gate, List<InvocationExpressionSyntax> sends, CompilationUnitSyntax root, SemanticModel model, bool together)
    {
        if (GatedSends.Of(sends, model, together) is not { } plans) return null;
        GateKind? kind = null;
        foreach (var send in sends)
        {
            var symbol = model.LookupSymbols(send.SpanStart, name: gate).FirstOrDefault();
            var own = GateKind.Of(symbol switch { IFieldSymbol field => field.Type, ILocalSymbol local => local.Type, IPropertySymbol property => property.Type, _ => null });
            if (own is null || kind is not null && own != kind) return null;
            kind = own;
        }

        if (kind == GateKind.Lock && plans.Any(p => p.Awaits)) return null;
        return Applied(root.TrackNodes(plans.SelectMany(p => p.Nodes)), plans, kind!, gate);
    }

    /// <summary>A new gate, beside what holds the connection.</summary>
    private static SyntaxNode? Beside(string holder, GateKind kind, List<InvocationExpressionSyntax> sends, CompilationUnitSyntax root, SemanticModel model, bool together)
    {
        if (GatedSends.Of(sends, model, together) is not { } plans) return null;
        var position = sends[0].SpanStart;
        var symbol = model.LookupSymbols(position, name: holder).FirstOrDefault(s => s is IFieldSymbol or IPropertySymbol or IParameterSymbol or ILocalSymbol);
        if (symbol is null || sends[0].Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault() is not { } type || type is StructDeclarationSyntax or InterfaceDeclarationSyntax) return null;
        // One type holds the connection and sends on it; what is nested in it sees its members too.
        if (sends.Any(s => !type.Span.Contains(s.Span))) return null;
        var declaration = symbol.DeclaringSyntaxReferences.FirstOrDefault(r => r.SyntaxTree == root.SyntaxTree)?.GetSyntax();
        var isVariable = symbol is ILocalSymbol || symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol method } && !IsPrimary(method, declaration);
        var name = Unused(Name(holder, isVariable || symbol is IFieldSymbol), type);
        var isInScope = !model.LookupNamespacesAndTypes(position, name: kind.Type).IsEmpty || kind == GateKind.SendGate;
        var isModern = root.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp9 };
        var endOfLine = Lines.EndOfLine(root).ToString();
        SyntaxNode? beside = isVariable ? Before(declaration) : declaration?.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member and not TypeDeclarationSyntax ? member : type;
        if (beside is null || beside is not (StatementSyntax or MemberDeclarationSyntax) || !isVariable && beside is not TypeDeclarationSyntax && beside.Parent is not TypeDeclarationSyntax) return null;
        var tracked = root.TrackNodes(plans.SelectMany(p => p.Nodes).Append(beside).Distinct());
        var changed = Applied(tracked, plans, kind, name);
        var place = changed.GetCurrentNode(beside);
        if (place is null) return null;
        var text = kind.Declaration(name, isVariable ? "var" : symbol.IsStatic ? "private static readonly" : "private readonly", isInScope, isModern);
        changed = WithDeclaration(changed, place, text, isVariable && declaration is ParameterSyntax, endOfLine);
        return changed is CompilationUnitSyntax unit && kind == GateKind.SendGate ? RuntimeNamespace.WithUsing(unit, root, model, position, kind.Type) : changed;
    }

    private static bool IsPrimary(IMethodSymbol method, SyntaxNode? declaration) =>
        method.MethodKind == MethodKind.Constructor && declaration?.Parent?.Parent is TypeDeclarationSyntax;

    /// <summary>Where a variable's gate stands: after its declaration, or at the beginning of the body whose parameter it is.</summary>
    private static SyntaxNode? Before(SyntaxNode? declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax } local } => local,
        ParameterSyntax { Parent.Parent: BaseMethodDeclarationSyntax { Body.Statements: [var first, ..] } } => first,
        ParameterSyntax { Parent.Parent: LocalFunctionStatementSyntax { Body.Statements: [var first, ..] } } => first,
        _ => null,
    };

    private static SyntaxNode WithDeclaration(SyntaxNode root, SyntaxNode place, string text, bool isBefore, string endOfLine)
    {
        var indentation = place.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        if (place is StatementSyntax statement)
        {
            var variable = SyntaxFactory.ParseStatement(text).WithLeadingTrivia(indentation).WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine)).WithAdditionalAnnotations(Formatter.Annotation);
            return isBefore ? root.InsertNodesBefore(statement, [variable]) : root.InsertNodesAfter(statement, [variable]);
        }

        var field = SyntaxFactory.ParseMemberDeclaration(text)!.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine)).WithAdditionalAnnotations(Formatter.Annotation);
        if (place is not TypeDeclarationSyntax type) return root.InsertNodesAfter(place, [field.WithLeadingTrivia(indentation)]);
        // In front of the members, apart from them.
        var first = type.Members.First();
        var gap = first is FieldDeclarationSyntax ? SyntaxFactory.TriviaList(SyntaxFactory.EndOfLine(endOfLine)) : SyntaxFactory.TriviaList(SyntaxFactory.EndOfLine(endOfLine), SyntaxFactory.EndOfLine(endOfLine));
        return root.InsertNodesBefore(first, [field.WithTrailingTrivia(gap)]);
    }

    private static SyntaxNode Applied(SyntaxNode root, List<GatedSends> plans, GateKind kind, string gate)
    {
        var endOfLine = Lines.EndOfLine(root).ToString();
        foreach (var plan in plans) root = plan.Apply(root, kind, gate, endOfLine);
        return root;
    }

    /// <summary>Of <c>_socket</c> <c>_socketGate</c>, in the holder's style: two connections of one type have two gates.</summary>
    private static string Name(string holder, bool isLikeHolder)
    {
        var bare = holder.TrimStart('_');
        bare = bare.Length == 0 ? "send" : char.ToLowerInvariant(bare[0]) + bare.Substring(1);
        return (isLikeHolder && !holder.StartsWith("_", StringComparison.Ordinal) && char.IsLower(holder[0]) ? "" : "_") + bare + "Gate";
    }

    private static string Unused(string name, TypeDeclarationSyntax type)
    {
        var taken = new HashSet<string>(type.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        var unused = name;
        for (var number = 2; taken.Contains(unused); number++) unused = name + number;
        return unused;
    }
}
