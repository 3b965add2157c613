using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>Two directions copied side by side, neither of which ends the other.</summary>
internal sealed class Relays
{
    private readonly RuleContext _file;
    private readonly SemanticModel _model;
    private readonly SyntaxNode _code;
    private readonly Owners _owners;
    private readonly IMethodSymbol? _method;

    private Relays(RuleContext file, Owners owners, Body body)
    {
        _owners = owners;
        _method = body.Method;
        _file = file;
        _model = file.Analysis.Bodies.ModelOf(body.Syntax.SyntaxTree);
        _code = body.Syntax;
    }

    public static (SyntaxNode Call, string First, string Second)? Find(RuleContext file, Owners owners, Body body)
    {
        foreach (var call in body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Task" }, Name.Identifier.ValueText: "WhenAll" or "WhenAny" } access) continue;
            // What a nested function does is its own body's affair.
            if (Bodies.EnclosingDeclaration(call) != body.Syntax) continue;
            if (new Relays(file, owners, body).Judge(call, access.Name.Identifier.ValueText == "WhenAny") is { } found) return found;
        }

        return null;
    }

    private (SyntaxNode, string, string)? Judge(InvocationExpressionSyntax call, bool any)
    {
        var directions = new List<(InvocationExpressionSyntax Copy, ISymbol From, ISymbol To)>();
        foreach (var argument in call.ArgumentList.Arguments.SelectMany(a => Elements(a.Expression)))
        {
            if (Started(argument) is { } copy && DirectionOf(copy) is var (from, to) && from is not null && to is not null) directions.Add((copy, from, to));
        }

        for (var i = 0; i < directions.Count; i++)
        {
            for (var j = i + 1; j < directions.Count; j++)
            {
                var (a, b) = (directions[i], directions[j]);
                if (!Same(a.From, b.To) || !Same(a.To, b.From) || Same(a.From, a.To)) continue;
                var ends = any
                    ? IsEnded(a.From) && IsEnded(a.To) || EndsOther(a.Copy) && EndsOther(b.Copy) || AreToldToEnd(call, IsCancelling)
                    : EndsOther(a.Copy) && EndsOther(b.Copy) || AreToldToEnd(call, Ends);
                if (!ends) return (call, a.From.Name, a.To.Name);
            }
        }

        return null;

        bool IsEnded(ISymbol connection) => IsClosed(connection) || !IsOurs(connection);

        static bool Same(ISymbol x, ISymbol y) => SymbolEqualityComparer.Default.Equals(x, y);
    }

    /// <summary>It is closed here, or a stream over it that closes it, too.</summary>
    private bool IsClosed(ISymbol connection) =>
        Owners.Closes(_code, connection.Name)
        || _code.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(v => ClosesWithIt(v.Initializer?.Value, connection) && Owners.Closes(_code, v.Identifier.ValueText));

    /// <summary><c>new NetworkStream(socket, ownsSocket: true)</c>, a TLS stream over that, <c>client.GetStream()</c>.</summary>
    private bool ClosesWithIt(ExpressionSyntax? stream, ISymbol connection)
    {
        var inner = stream switch
        {
            BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var first, ..] } when _model.GetOperation(stream) is IObjectCreationOperation made && Endings.ClosesInner(made) => first.Expression,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call when _model.GetSymbolInfo(call).Symbol is IMethodSymbol part
                && (_file.Analysis.Connections.RolesOf(part, part.ContainingType) & Role.Accessor) != 0 => access.Expression,
            _ => null,
        };
        return inner is not null && (SymbolEqualityComparer.Default.Equals(_model.GetSymbolInfo(inner).Symbol, connection) || ClosesWithIt(inner, connection));
    }

    /// <summary>Between the wait for the first of the two and the wait for both, of which this is one, what is left running is told to end.</summary>
    private bool AreToldToEnd(InvocationExpressionSyntax wait, Func<InvocationExpressionSyntax, bool> tells)
    {
        if (!wait.ArgumentList.Arguments.All(a => a.Expression is IdentifierNameSyntax)) return false;
        var calls = _code.DescendantNodes().OfType<InvocationExpressionSyntax>().ToList();
        return calls.Find(c => Waits(c, "WhenAny")) is { } first && calls.FindLast(c => Waits(c, "WhenAll")) is { } both
            && calls.Any(c => c.SpanStart > first.Span.End && c.SpanStart < both.SpanStart && tells(c) && !IsConditional(c, _code));

        bool Waits(InvocationExpressionSyntax call, string name) => call.Expression.LastWord() == name && call.ArgumentList.IsEquivalentTo(wait.ArgumentList, topLevel: false);
    }

    /// <summary>Somebody else's may be closed by that somebody when this method returns.</summary>
    private bool IsOurs(ISymbol connection) =>
        connection is ILocalSymbol { Type.Name: not "IDuplexPipe" }
        || connection is IParameterSymbol parameter && !IsServers(parameter.Type) && _method is not null && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, _method) && !_owners.IsClosedByCallers(_method, parameter);

    /// <summary>The web server's, which ends it when its handler returns; a variable may hold one that was opened here.</summary>
    private static bool IsServers(ITypeSymbol type) =>
        type.Name == "IDuplexPipe" || type.ContainingNamespace?.ToDisplayString().StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true;

    /// <summary>The tasks of an array that is written out, in place or where its variable is declared.</summary>
    private IEnumerable<ExpressionSyntax> Elements(ExpressionSyntax expression)
    {
        var written = expression is IdentifierNameSyntax && _model.GetSymbolInfo(expression).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var reference] }
            && reference.GetSyntax().FirstValue() is { } value ? value : expression;
        return written.WrittenElements() ?? [expression];
    }

    /// <summary>The call whose task an argument is: itself, or the one that its variable was set to.</summary>
    private InvocationExpressionSyntax? Started(ExpressionSyntax expression)
    {
        if (expression is InvocationExpressionSyntax call) return call;
        return expression is IdentifierNameSyntax && _model.GetSymbolInfo(expression).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var reference] }
            ? reference.GetSyntax().FirstValue() as InvocationExpressionSyntax : null;
    }

    private (ISymbol? From, ISymbol? To) DirectionOf(InvocationExpressionSyntax copy)
    {
        if (_model.GetSymbolInfo(copy).Symbol is not IMethodSymbol method) return default;
        if (method.Name.StartsWith("CopyTo", StringComparison.Ordinal) && copy.Expression is MemberAccessExpressionSyntax access && copy.ArgumentList.Arguments.Count > 0)
            return (Root(access.Expression, 4), Root(copy.ArgumentList.Arguments[0].Expression, 4));
        if (!_file.Analysis.Summaries.IsOwn(method) && method.MethodKind != MethodKind.LocalFunction) return default;
        var roots = copy.ArgumentList.Arguments.Select(a => Root(a.Expression, 4)).Where(r => r is not null).ToList();
        return roots.Count == 2 ? (roots[0], roots[1]) : roots.Count == 0 ? Within(method) : default;
    }

    /// <summary>A function that is given nothing and knows both: the one it reads, and the one it writes.</summary>
    private (ISymbol? From, ISymbol? To) Within(IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.LocalFunction || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } function) return default;
        var read = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var written = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var call in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } access) continue;
            if (name.StartsWith("CopyTo", StringComparison.Ordinal) && call.ArgumentList.Arguments.Count > 0) Add(written, call.ArgumentList.Arguments[0].Expression);
            if (name.StartsWith("Read", StringComparison.Ordinal) || name.StartsWith("Receive", StringComparison.Ordinal) || name.StartsWith("CopyTo", StringComparison.Ordinal)) Add(read, access.Expression);
            else if (name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("Send", StringComparison.Ordinal)) Add(written, access.Expression);
        }

        return read.Count == 1 && written.Count == 1 ? (read.First(), written.First()) : default;

        void Add(HashSet<ISymbol> symbols, ExpressionSyntax expression)
        {
            if (Root(expression, 4) is { } root) symbols.Add(root);
        }
    }

    /// <summary>The variable of the connection that an expression leads to.</summary>
    private ISymbol? Root(ExpressionSyntax expression, int steps)
    {
        if (steps == 0) return null;
        switch (expression)
        {
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }:
                return Root(access.Expression, steps - 1);
            case MemberAccessExpressionSyntax access:
                return Root(access.Expression, steps - 1);
            case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var first, ..] }:
                return Root(first.Expression, steps - 1);
            case IdentifierNameSyntax:
                var symbol = _model.GetSymbolInfo(expression).Symbol;
                var type = symbol switch { ILocalSymbol local => local.Type, IParameterSymbol parameter => parameter.Type, _ => null };
                if (symbol is null || type is null || !_file.Analysis.Connections.LeadsToPeer(type)) return null;
                return symbol is ILocalSymbol { DeclaringSyntaxReferences: [var reference] } && reference.GetSyntax().FirstValue() is (InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax } or BaseObjectCreationExpressionSyntax) and var made
                    ? Root(made, steps - 1) ?? symbol
                    : symbol;
            default:
                return null;
        }
    }

    /// <summary>What the copying function does when its direction is over, however that came.</summary>
    private bool EndsOther(InvocationExpressionSyntax copy)
    {
        if (_model.GetSymbolInfo(copy).Symbol is not IMethodSymbol { DeclaringSyntaxReferences: [var reference, ..] } method) return false;
        if (!_file.Analysis.Summaries.IsOwn(method) && method.MethodKind != MethodKind.LocalFunction) return true;
        foreach (var node in reference.GetSyntax().DescendantNodes())
        {
            switch (node)
            {
                case UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }:
                case FinallyClauseSyntax last when last.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => Ends(c) || MayEnd(c)):
                case CatchClauseSyntax handler when handler.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(Ends):
                    return true;
                case InvocationExpressionSyntax call when Ends(call) && !IsConditional(call, reference.GetSyntax()):
                    return true;
            }
        }

        return false;
    }

    /// <summary>Code of one's own may end it, and what is not known; a buffer that goes back, a count or a word in the log does not.</summary>
    private bool MayEnd(InvocationExpressionSyntax call) =>
        _file.Analysis.Bodies.ModelOf(call.SyntaxTree).GetSymbolInfo(call).Symbol is not IMethodSymbol method || method.MethodKind is MethodKind.LocalFunction or MethodKind.DelegateInvoke || _file.Analysis.Summaries.IsOwn(method);

    private static bool Ends(InvocationExpressionSyntax call) =>
        IsCancelling(call) || call.Expression.LastWord() is var name && (Endings.IsClosingName(name) || name is "Complete" or "CompleteAsync" or "TryComplete");

    private static bool IsCancelling(InvocationExpressionSyntax call) => call.Expression.LastWord() is "Cancel" or "CancelAsync";

    /// <summary>Inside an <c>if</c>, or behind one that may have left.</summary>
    private static bool IsConditional(SyntaxNode call, SyntaxNode function)
    {
        for (var node = call; node is not null && node != function; node = node.Parent)
        {
            if (node is IfStatementSyntax) return true;
            if (node.Parent is BlockSyntax block && block.Statements.TakeWhile(s => s != node).Any(s => s is IfStatementSyntax && s.DescendantNodes().Any(n => n is ReturnStatementSyntax))) return true;
        }

        return false;
    }
}
