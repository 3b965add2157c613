using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// Which fields hold a connection that is made when first needed and kept: <c>??=</c>, a null check in front of the assignment,
/// a helper that is called under a null check. A field that a constructor or <c>Start</c> fills is its owner's, not a cache.
/// </summary>
internal sealed class CachedFields(Analysis analysis)
{
    private readonly OutsideFills _outside = new(analysis);
    private readonly ConcurrentDictionary<ISymbol, bool> _kept = new(SymbolEqualityComparer.Default);

    public bool IsCached(ISymbol member)
    {
        if (member is not (IFieldSymbol { IsConst: false } or IPropertySymbol) || !analysis.Summaries.IsOwn(member)) return false;
        if (Connections.IsWithoutPeer(member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type)) return false;
        return _kept.GetOrAdd(member.OriginalDefinition, Find);
    }

    /// <summary>This assignment or call fills the member where nothing is in it yet.</summary>
    public bool IsFill(SyntaxNode node, ISymbol member) =>
        member is IFieldSymbol or IPropertySymbol && IsLazyFill(node, member, member.ContainingType);

    private bool Find(ISymbol member)
    {
        if (member.IsStatic && IsHeldStatically(member) || _outside.Contain(member)) return true;
        foreach (var type in TypesThatReach(member))
        {
            foreach (var reference in type.DeclaringSyntaxReferences)
            {
                foreach (var node in reference.GetSyntax().DescendantNodes())
                {
                    if (IsLazyFill(node, member, type)) return true;
                }
            }
        }

        return false;
    }

    private IEnumerable<INamedTypeSymbol> TypesThatReach(ISymbol member)
    {
        yield return member.ContainingType;
        // A derived class may call what fills even a private field.
        if (member.ContainingType.IsSealed || member.ContainingType.IsStatic) yield break;
        foreach (var type in analysis.Implementations.Types)
        {
            if (SymbolEqualityComparer.Default.Equals(type.BaseType?.OriginalDefinition, member.ContainingType)) yield return type;
        }
    }

    /// <summary>A static member that is filled where it is declared, for everybody and for good.</summary>
    private static bool IsHeldStatically(ISymbol member)
    {
        foreach (var reference in member.DeclaringSyntaxReferences)
        {
            switch (reference.GetSyntax())
            {
                case VariableDeclaratorSyntax { Initializer.Value: var value }:
                    return !value.IsKind(SyntaxKind.NullLiteralExpression) && !value.IsKind(SyntaxKind.SuppressNullableWarningExpression) && !value.IsKind(SyntaxKind.DefaultLiteralExpression);
                case PropertyDeclarationSyntax { Initializer.Value: var value }:
                    return !value.IsKind(SyntaxKind.NullLiteralExpression) && !value.IsKind(SyntaxKind.SuppressNullableWarningExpression);
            }
        }

        return false;
    }

    private bool IsLazyFill(SyntaxNode node, ISymbol member, INamedTypeSymbol type)
    {
        var name = member.Name;
        switch (node)
        {
            case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression) && Refers(assignment.Left, name):
                return !InConstructor(node) && !IsView(assignment.Right);
            case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && Refers(assignment.Left, name) && !assignment.Right.IsNothing():
                return !InConstructor(node) && !IsView(assignment.Right) && !IsMadeOver(assignment, name) && (Chooses(assignment.Right, name) || IsUnderNullCheck(node, name, type) || FilledBeside(node, type).Any(other => IsWhereMissing(node, other))) && !IsOwnersStart(node, name, type);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "EnsureInitialized" or "CompareExchange" } } call
                when call.ArgumentList.Arguments.FirstOrDefault() is { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword } first && Refers(first.Expression, name):
                return true;
            case InvocationExpressionSyntax call when call.Expression.OwnName() is { } method && MethodFills(type, method, name):
                return !InConstructor(node) && node.EnclosingName() != method && !((IsStart(node.EnclosingName()) || IsEnd(node.EnclosingName())) && AnswersNothing(node))
                    && (IsUnderNullCheck(node, name, type) || FilledBy(method, type).Any(other => IsWhereMissing(node, other)));
            default:
                return false;
        }
    }

    /// <summary><c>_session = _session ?? Open();</c> and <c>_session = _session == null ? Open() : _session;</c> were the <c>??=</c> of older code.</summary>
    private static bool Chooses(ExpressionSyntax value, string name) => value switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => Chooses(inner, name),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Left: var kept } => Refers(kept, name),
        ConditionalExpressionSyntax { Condition: var condition } => AsksFor(condition, [name]),
        _ => false,
    };

    /// <summary><c>PipeWriter.Create(stream)</c>, <c>new NetworkStream(client.Socket)</c> look at what somebody else keeps.</summary>
    private static bool IsView(ExpressionSyntax value) => value switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var type, Name.Identifier.ValueText: "Create" } } => type.LastWord() is "PipeWriter" or "PipeReader",
        ObjectCreationExpressionSyntax { Type: var type, ArgumentList.Arguments: [{ Expression: var over }, ..] } => type.LastWord() == "NetworkStream" && IsGiven(over),
        _ => false,
    };

    /// <summary>The method's parameter, or a part of it.</summary>
    private static bool IsGiven(ExpressionSyntax value)
    {
        while (value is MemberAccessExpressionSyntax access) value = access.Expression;
        return value is IdentifierNameSyntax name && name.FirstAncestorOrSelf<BaseMethodDeclarationSyntax>()?.ParameterList.Parameters.Any(p => p.Identifier.ValueText == name.Identifier.ValueText) == true;
    }

    /// <summary>What the field held goes on inside: <c>var tls = new SslStream(_stream); if (tls.IsAuthenticated) _stream = tls;</c>.</summary>
    private static bool IsMadeOver(AssignmentExpressionSyntax assignment, string name)
    {
        var value = assignment.Right is IdentifierNameSyntax local && Bodies.EnclosingDeclaration(assignment) is { } member
            ? member.DescendantNodes().OfType<VariableDeclaratorSyntax>().FirstOrDefault(v => v.Identifier.ValueText == local.Identifier.ValueText)?.Initializer?.Value
            : assignment.Right;
        return value is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: var parts } && parts.Any(a => Refers(a.Expression, name));
    }

    /// <summary>The client of a stream, the stream of a writer: <c>if (_client is null) { _client = Dial(); _stream = _client.GetStream(); }</c> fills both.</summary>
    private IEnumerable<string> FilledBeside(SyntaxNode node, INamedTypeSymbol type) => node.FirstAncestorOrSelf<BlockSyntax>() is not { Parent: IfStatementSyntax } block ? []
        : ConnectionsOf(type).Where(name => block.Statements.Any(s => s is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } && Refers(assignment.Left, name)));

    private IEnumerable<string> FilledBy(string method, INamedTypeSymbol type) => ConnectionsOf(type).Where(name => MethodFills(type, method, name));

    /// <summary>Under an <c>if</c> that asks for nothing but whether the other one is missing, or has died.</summary>
    private static bool IsWhereMissing(SyntaxNode node, string other) =>
        node.Ancestors().TakeWhile(a => a is not MemberDeclarationSyntax).OfType<IfStatementSyntax>().Any(s => s.Statement.Span.Contains(node.Span) && s.Condition.DescendantNodesAndSelf().Any(c => c switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } equal => Refers(equal.Left, other) && equal.Right.IsKind(SyntaxKind.NullLiteralExpression),
            IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax } pattern => Refers(pattern.Expression, other) && pattern.Pattern is not UnaryPatternSyntax { Pattern: ConstantPatternSyntax },
            _ => false,
        }));

    private IEnumerable<string> ConnectionsOf(INamedTypeSymbol type) =>
        type.GetMembers().Where(m => (m as IFieldSymbol)?.Type is { } held && analysis.Connections.TypeOf(held) is not null).Select(m => m.Name);

    /// <summary>Some condition before the node, or around it, asks about the field or a variable that holds it.</summary>
    private static bool IsUnderNullCheck(SyntaxNode node, string name, INamedTypeSymbol type)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { name };
        var member = Bodies.EnclosingDeclaration(node);
        if (member is null) return false;
        names.UnionWith(Askers(type, name));
        foreach (var declarator in member.DescendantNodes().OfType<VariableDeclaratorSyntax>())
        {
            if (declarator.Initializer is { } initializer && initializer.Value.DescendantNodesAndSelf().Any(n => n is ExpressionSyntax e && Refers(e, name)) && !initializer.Value.DescendantNodesAndSelf().OfType<AssignmentExpressionSyntax>().Any())
                names.Add(declarator.Identifier.ValueText);
        }

        for (var child = node; child is not null && child != member; child = child.Parent)
        {
            switch (child.Parent)
            {
                case IfStatementSyntax statement when statement.Condition != child && AsksFor(statement.Condition, names):
                case ConditionalExpressionSyntax conditional when conditional.Condition != child && AsksFor(conditional.Condition, names):
                case SwitchExpressionSyntax chosen when chosen.GoverningExpression != child && AsksFor(chosen.GoverningExpression, names):
                case SwitchStatementSyntax choice when choice.Expression != child && AsksFor(choice.Expression, names):
                case WhileStatementSyntax loop when loop.Condition != child && AsksFor(loop.Condition, names):
                    return true;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression or (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } binary when binary.Right == child && AsksFor(binary.Left, names):
                    return true;
                case BlockSyntax block:
                    foreach (var statement in block.Statements)
                    {
                        if (statement == child) break;
                        if (statement is IfStatementSyntax early && AsksFor(early.Condition, names) && Returns(early.Statement)) return true;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>Members that answer a question about the field: <c>bool HasSession() => _session != null</c>.</summary>
    private static IEnumerable<string> Askers(INamedTypeSymbol type, string field)
    {
        for (INamedTypeSymbol? candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            foreach (var member in candidate.GetMembers())
            {
                if (member is not (IMethodSymbol { MethodKind: MethodKind.Ordinary, ReturnType.SpecialType: SpecialType.System_Boolean } or IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean })) continue;
                if (member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax && syntax.DescendantNodes().Any(n => n is ExpressionSyntax e && Refers(e, field))) yield return member.Name;
            }
        }
    }

    private static bool Returns(StatementSyntax statement) =>
        statement is ReturnStatementSyntax || statement is BlockSyntax { Statements: var statements } && statements.LastOrDefault() is ReturnStatementSyntax;

    private static bool AsksFor(ExpressionSyntax condition, HashSet<string> names) =>
        condition.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax identifier && names.Contains(identifier.Identifier.ValueText) || n is FieldExpressionSyntax field && field.PropertyName() is { } property && names.Contains(property));

    /// <summary>What <c>Disconnect</c> and <c>Reset</c> put in the place of what they have ended waits for its owner to open it.</summary>
    private static bool IsEnd(string? method) => method is not null && (ClosingFlags.IsEnding(method) || ClosingFlags.Words(method).FirstOrDefault() is "Reset");

    /// <summary><c>Start</c>, which only guards against being called twice, opens for as long as the owner lives.</summary>
    private static bool IsOwnersStart(SyntaxNode node, string field, INamedTypeSymbol type)
    {
        var name = node.EnclosingName();
        if (!IsStart(name) || !AnswersNothing(node)) return false;
        // Unless the type itself calls it in front of each use.
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var call in reference.GetSyntax().DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (call.Expression.OwnName() != name || call.EnclosingName() is not { } caller || caller == name || IsStart(caller)) continue;
                if (Bodies.EnclosingDeclaration(call) is { } member && member.DescendantNodes().Any(n => n is ExpressionSyntax e && Refers(e, field))) return false;
            }
        }

        return true;
    }

    private static bool IsStart(string? name) =>
        name is not null && ClosingFlags.Words(name).FirstOrDefault() is "Start" or "Open" or "Connect" or "Init" or "Initialize" or "Initialise" or "Run" or "Launch" or "Begin" or "Execute" or "Setup" or "Listen" or "Restart" or "Reconnect" or "Reopen" or "Dial";

    private static bool AnswersNothing(SyntaxNode node)
    {
        var method = node.FirstAncestorOrSelf<MethodDeclarationSyntax>();
        return method?.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword or (int)SyntaxKind.BoolKeyword } or IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" };
    }

    private static bool MethodFills(INamedTypeSymbol type, string method, string field)
    {
        for (INamedTypeSymbol? candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            foreach (var member in candidate.GetMembers(method))
            {
                if (member is not IMethodSymbol) continue;
                foreach (var reference in member.DeclaringSyntaxReferences)
                {
                    foreach (var assignment in reference.GetSyntax().DescendantNodes().OfType<AssignmentExpressionSyntax>())
                    {
                        if (Refers(assignment.Left, field) && !assignment.Right.IsNothing()) return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool InConstructor(SyntaxNode node) => node.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not null && node.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is null;

    private static bool Refers(ExpressionSyntax expression, string name) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax or IdentifierNameSyntax } access => access.Name.Identifier.ValueText == name,
        // `field ??= Connect()` in the property of that name
        FieldExpressionSyntax field => field.PropertyName() == name,
        _ => false,
    };
}
