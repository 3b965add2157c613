using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>The gate that a type's exchanges share: the one that it has already, else a new field.</summary>
internal sealed class ExchangeGate
{
    public const string SendGate = "SendGate";
    public const string Semaphore = "SemaphoreSlim";

    private const int Depth = 5;

    private readonly TypeDeclarationSyntax _type;
    private readonly bool _isStatic;

    private ExchangeGate(TypeDeclarationSyntax type, string kind, string name, bool isNew, bool isStatic)
    {
        _type = type;
        _isStatic = isStatic;
        Kind = kind;
        Name = name;
        IsNew = isNew;
    }

    public string Kind { get; }

    public string Name { get; }

    public bool IsNew { get; }

    /// <summary>
    /// The gate for an exchange of a method; null where nobody can tell which one keeps the others out, or where the exchange would wait
    /// for itself: it calls what enters the gate, or is called by what holds it.
    /// </summary>
    public static ExchangeGate? Of(MethodDeclarationSyntax method, IMethodSymbol symbol, string connection, IReadOnlyList<SyntaxNode> exchange, string kind, Analysis analysis, CancellationToken cancellation)
    {
        if (method.Parent is not TypeDeclarationSyntax type || type is not (ClassDeclarationSyntax or RecordDeclarationSyntax { ClassOrStructKeyword.RawKind: not (int)SyntaxKind.StructKeyword })) return null;
        var parts = symbol.ContainingType.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).ToList();
        var entries = new List<(SyntaxNode Call, ISymbol Gate)>();
        var isLocked = false;
        foreach (var part in parts)
        {
            var model = analysis.Bodies.ModelOf(part.SyntaxTree);
            isLocked |= part.DescendantNodes().OfType<LockStatementSyntax>().Any(l => l.Statement.DescendantTokens().Any(t => t.ValueText == connection));
            foreach (var call in part.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (!Gates.Enters(call) && call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ExchangeAsync" }) continue;
                var receiver = (call.Expression as MemberAccessExpressionSyntax)?.Expression;
                var held = receiver is null ? null : model.GetTypeInfo(receiver, cancellation).Type;
                if (held is { Name: "Task" or "ValueTask" or "ManualResetEvent" or "ManualResetEventSlim" or "AutoResetEvent" or "CountdownEvent" or "EventWaitHandle" or "Barrier" or "Process" or "TaskCompletionSource" }) continue;
                if (receiver is null || model.GetSymbolInfo(receiver, cancellation).Symbol is not IFieldSymbol field) return null;
                if (held?.Name == Semaphore && !IsForOne(field, cancellation)) continue;
                if (held?.Name is not (Semaphore or SendGate)) return null;
                entries.Add((call, field));
            }
        }

        var known = entries.Select(e => e.Gate).Distinct(SymbolEqualityComparer.Default).ToList();
        // What a `lock` keeps apart elsewhere, another gate would not.
        if (known.Count > 1 || known.Count == 0 && isLocked || known is [IFieldSymbol only] && (only.Type.Name != kind || only.IsStatic != symbol.IsStatic && !only.IsStatic)) return null;
        if (WaitsForItself(method, exchange, parts, entries, analysis, cancellation)) return null;
        return known is [var gate] ? new ExchangeGate(type, kind, gate.Name, false, gate.IsStatic) : New(type, kind, symbol);
    }

    private static ExchangeGate? New(TypeDeclarationSyntax type, string kind, IMethodSymbol method)
    {
        var fields = method.ContainingType.GetMembers().OfType<IFieldSymbol>().Where(f => f is { IsImplicitlyDeclared: false, DeclaredAccessibility: Accessibility.Private, IsConst: false }).ToList();
        var underscore = fields.Count == 0 || fields.Any(f => f.Name.StartsWith("_", StringComparison.Ordinal));
        foreach (var word in new[] { "gate", "exchangeGate", "turn" })
        {
            var name = underscore ? "_" + word : word;
            if (method.ContainingType.GetMembers(name).IsEmpty && !type.DescendantTokens().Any(t => t.ValueText == name)) return new ExchangeGate(type, kind, name, true, method.IsStatic);
        }

        return null;
    }

    /// <summary>A semaphore that lets one in.</summary>
    private static bool IsForOne(IFieldSymbol field, CancellationToken cancellation) =>
        field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax { Token.ValueText: "1" } }, ..] } };

    private static bool WaitsForItself(MethodDeclarationSyntax method, IReadOnlyList<SyntaxNode> exchange, List<SyntaxNode> parts, List<(SyntaxNode Call, ISymbol Gate)> entries, Analysis analysis, CancellationToken cancellation)
    {
        var holders = new HashSet<SyntaxNode>(entries.Select(e => e.Call.FirstAncestorOrSelf<MethodDeclarationSyntax>()).OfType<SyntaxNode>());
        var called = Called(exchange, parts, analysis, cancellation);
        if (called.Any(c => holders.Contains(c) || c == method || IsExchange(c, analysis, cancellation))) return true;
        return holders.Any(h => h != method && Called([h], parts, analysis, cancellation).Contains(method));
    }

    /// <summary>A method that writes and reads by itself will have the gate too.</summary>
    private static bool IsExchange(MethodDeclarationSyntax method, Analysis analysis, CancellationToken cancellation)
    {
        if (analysis.Bodies.ModelOf(method.SyntaxTree).GetDeclaredSymbol(method, cancellation) is not { } symbol) return false;
        var events = Exchanges.Of(analysis).In(symbol, cancellation);
        return events.Any(w => w.Use == WireUse.Write && events.Any(r => r.Use == WireUse.Read && r.Node != w.Node));
    }

    /// <summary>The methods of the type that some code leads to.</summary>
    private static HashSet<MethodDeclarationSyntax> Called(IReadOnlyList<SyntaxNode> from, List<SyntaxNode> parts, Analysis analysis, CancellationToken cancellation)
    {
        var found = new HashSet<MethodDeclarationSyntax>();
        var next = from.ToList();
        for (var depth = 0; depth < Depth && next.Count > 0; depth++)
        {
            var names = next.SelectMany(n => n.DescendantNodes()).OfType<SimpleNameSyntax>().ToList();
            next = [];
            foreach (var name in names)
            {
                if (analysis.Bodies.ModelOf(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary } target) continue;
                foreach (var declared in target.OriginalDefinition.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<MethodDeclarationSyntax>())
                {
                    if (parts.Contains(declared.Parent!) && found.Add(declared)) next.Add(declared);
                }
            }
        }

        return found;
    }

    /// <summary>The root with the field, where it is new: behind the last field of the type, else in front of its members.</summary>
    public SyntaxNode Declared(SyntaxNode root, TypeDeclarationSyntax type)
    {
        if (!IsNew) return root;
        var modifiers = _isStatic ? "private static readonly" : "private readonly";
        var made = Kind == SendGate ? "new()" : "new(1, 1)";
        var field = SyntaxFactory.ParseMemberDeclaration($"{modifiers} {Kind} {Name} = {made};")!;
        var endOfLine = Lines.EndOfLine(root);
        field = field.WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation);
        var last = type.Members.LastOrDefault(m => m is FieldDeclarationSyntax && (type.Members.IndexOf(m) == 0 || type.Members[type.Members.IndexOf(m) - 1] is FieldDeclarationSyntax));
        if (last is not null)
        {
            var indentation = last.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
            return root.InsertNodesAfter(last, [field.WithLeadingTrivia(indentation)]);
        }

        var first = type.Members[0];
        var space = first.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        return root.InsertNodesBefore(first, [field.WithLeadingTrivia(space).WithTrailingTrivia(endOfLine, endOfLine)]);
    }

    /// <summary>The declaration into which the field goes.</summary>
    public TypeDeclarationSyntax Type => _type;
}
