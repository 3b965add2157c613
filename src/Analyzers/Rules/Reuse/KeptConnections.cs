using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Where the connection that is used was kept since an earlier use.</summary>
internal static class KeptConnections
{
    /// <summary>The field or container in which the connection was kept; null if it was not.</summary>
    public static ISymbol? CacheOf(RuleContext file, SendFact send)
    {
        var sent = file.Analysis.Connections.TypeOf(send.Type);
        if (Connections.IsWithoutPeer(send.Type) || Datagrams.IsAddressed(send.Member) || IsWalkedOver(send.Operation) || sent is not null && ((sent.Traits & (Traits.Response | Traits.Operation)) != 0 || AlwaysComesBack(sent))) return null;
        return KeeperOf(file, send) is { } cache && (sent is null || !ComesBack(sent, cache)) ? cache : null;
    }

    private static ISymbol? KeeperOf(RuleContext file, SendFact send)
    {
        var connections = file.Analysis.Connections;
        for (Place? part = send.Connection; part is not null; part = part.Parent)
        {
            if (part.IsRoot) return part is { Root: RootKind.Born, Born: BornKind.Lookup, From: { } container } ? Container(file, container) : null;
            if (part.Symbol is not { } member || part.Parent is null) continue;
            if (IsLazyValue(member) && part.Parent.Symbol is { } lazy and not IMethodSymbol) return lazy;
            var type = TypeOf(member);
            if (type?.Name.EndsWith("Lazy", StringComparison.Ordinal) == true && part.Equals(send.Connection)) return member;
            if (type is null || connections.TypeOf(Unwrapped(type)) is { } held && ComesBack(held, member)) continue;
            if (!file.Analysis.Cached.IsCached(member)) continue;
            if (IsSlot(file, member)) return null;
            return HealsItself(file, member) || RenewingFlags.Decide(member, file.Analysis, file.Cancellation) ? null : member;
        }

        return null;
    }

    /// <summary>What a lazy one has made and keeps.</summary>
    public static bool IsLazyValue(ISymbol member) => member is IPropertySymbol { Name: "Value", ContainingType.Name: "Lazy" or "AsyncLazy" };

    /// <summary>It reconnects by itself, whoever keeps it.</summary>
    private static bool AlwaysComesBack(ConnectionType type) => (type.Traits & Traits.Reconnects) != 0 && type.Unless is null;

    /// <summary>It reconnects by itself, and who keeps it has not told its factory otherwise.</summary>
    private static bool ComesBack(ConnectionType type, ISymbol keeper) =>
        (type.Traits & Traits.Reconnects) != 0 && !(type.Unless is { } setting && keeper.ContainingType.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantNodes().Any(n => IsSwitchedOff(n, setting))));

    /// <summary><c>factory.AutomaticRecoveryEnabled = false</c>, in an initialiser too.</summary>
    private static bool IsSwitchedOff(SyntaxNode node, string setting) =>
        node is AssignmentExpressionSyntax { Right.RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.FalseLiteralExpression, Left: var target }
        && target.LastWord() == setting;

    /// <summary>One of all, in a loop that counts through them: <c>for (…) all[i].Send()</c> is a broadcast as <c>foreach</c> is, and looks nobody up.</summary>
    private static bool IsWalkedOver(IOperation use)
    {
        if (use is not IInvocationOperation call || IoCalls.Receiver(call) is not { } received) return false;
        var receiver = Values.Unwrapped(received);
        if (receiver is ILocalReferenceOperation { Local: var local }) return local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } initial } variable && (IsCounted(initial) || IsLink(variable));
        return IsCounted(receiver.Syntax);

        // `for (var p = _head; p != null; p = p.Next)`
        static bool IsLink(VariableDeclaratorSyntax variable) => variable.Parent?.Parent is ForStatementSyntax loop && loop.Incrementors.Any(i => i is AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Right: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax from } }
            && left.Identifier.ValueText == variable.Identifier.ValueText && from.Identifier.ValueText == variable.Identifier.ValueText);

        static bool IsCounted(SyntaxNode element) => element.DescendantNodesAndSelf().OfType<ElementAccessExpressionSyntax>().Any(e => e.ArgumentList.Arguments is [{ Expression: IdentifierNameSyntax index }]
            && e.Ancestors().OfType<ForStatementSyntax>().Any(f => f.Declaration?.Variables.Any(v => v.Identifier.ValueText == index.Identifier.ValueText) == true));
    }

    /// <summary>A pool of one, or an array of such: what is taken out of it has to be asked there.</summary>
    private static bool IsSlot(RuleContext file, ISymbol member) => member is IFieldSymbol slot && Slots.IsSlot(slot, file.Analysis, file.Cancellation);

    /// <summary>A container that outlives the call: a field, a static, something handed in.</summary>
    private static ISymbol? Container(RuleContext file, Place container)
    {
        for (Place? part = container; part is not null; part = part.Parent ?? part.From)
        {
            // What a callback was handed when its operation was begun is looked up nowhere.
            if (part.Symbol is { Name: "AsyncState" or "UserToken" }) return null;
            // A primary constructor's parameter is a field in all but name.
            if (part.Symbol is IFieldSymbol or IPropertySymbol || part is { Symbol: IParameterSymbol, IsRoot: false }) return IsFilledWithHealing(file, part.Symbol) || IsRegister(file, part.Symbol) || IsSlot(file, part.Symbol) ? null : part.Symbol;
            if (part is { IsRoot: true, Root: RootKind.Parameter }) return part.Symbol;
        }

        return null;
    }

    /// <summary>
    /// A list of those that are at work: put in, run, and taken out again in the <c>finally</c> behind it. Nobody keeps a connection there
    /// for later use.
    /// </summary>
    private static bool IsRegister(RuleContext file, ISymbol container) =>
        file.Analysis.Holders.CodeOf(container.ContainingType).Any(member => member.Identifiers.Contains(container.Name)
            && member.Declaration.DescendantNodes().OfType<FinallyClauseSyntax>().Any(last => Calls(last, container, "Remove", "TryRemove").Any()
                && last.Parent is TryStatementSyntax { Block: var run } && run.DescendantNodes().Any(n => n is AwaitExpressionSyntax)
                && Calls(member.Declaration, container, "Add", "TryAdd").Any(put => put.SpanStart < last.SpanStart)));

    private static IEnumerable<InvocationExpressionSyntax> Calls(SyntaxNode code, ISymbol container, params string[] methods) =>
        code.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(c => c.Expression is MemberAccessExpressionSyntax { Expression: var on, Name.Identifier.ValueText: var name } && methods.Contains(name) && on.LastWord() == container.Name);

    private static ITypeSymbol? TypeOf(ISymbol member) => member switch { IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null };

    private static ITypeSymbol Unwrapped(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" or "Lazy" or "Nullable", TypeArguments: [var inner] } ? inner : type;

    /// <summary>Built to reconnect by itself, where it is assigned or in a method that is called there for it: <c>WithAutomaticReconnect()</c>.</summary>
    private static bool HealsItself(RuleContext file, ISymbol member)
    {
        foreach (var (value, model) in Assignments.To(member, file.Analysis))
        {
            SyntaxNode filling = value.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } method and not TypeDeclarationSyntax ? method : value;
            if (Heals(filling) || filling.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(c => IsMadeHealing(c, model))) return true;
        }

        return false;

        bool IsMadeHealing(InvocationExpressionSyntax call, SemanticModel model) =>
            model.GetSymbolInfo(call, file.Cancellation).Symbol is IMethodSymbol { DeclaringSyntaxReferences: [var maker, ..] } called
            && SymbolEqualityComparer.Default.Equals(Unwrapped(called.ReturnType), TypeOf(member)) && Heals(maker.GetSyntax(file.Cancellation));

        static bool Heals(SyntaxNode code) => code.DescendantTokens().Any(t => t.ValueText == "WithAutomaticReconnect");
    }

    /// <summary>Where the container is spoken of, or in a method of the type that is called there, a connection is built that reconnects.</summary>
    private static bool IsFilledWithHealing(RuleContext file, ISymbol container)
    {
        var code = file.Analysis.Holders.CodeOf(container.ContainingType).ToList();
        var filling = code.Where(m => m.Identifiers.Contains(container.Name)).ToList();
        return filling.Any(Heals) || code.Any(m => Heals(m) && m.Declaration is MethodDeclarationSyntax method && filling.Any(f => f.Invoked.Contains(method.Identifier.ValueText)));

        static bool Heals(CodeMember member) => member.Invoked.Contains("WithAutomaticReconnect");
    }
}
