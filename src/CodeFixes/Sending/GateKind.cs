using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>What lets one through at a time, and how the code around a send says so.</summary>
internal sealed class GateKind
{
    /// <summary><c>using (await _sendGate.EnterAsync())</c></summary>
    public static readonly GateKind SendGate = new("SendGate", "LifecycleAnalyzers.Runtime", "");

    /// <summary><c>await _sendGate.WaitAsync(); try { … } finally { _sendGate.Release(); }</c></summary>
    public static readonly GateKind Semaphore = new("SemaphoreSlim", "System.Threading", "1, 1");

    /// <summary><c>lock (_sync) { … }</c>, around sends that nobody awaits.</summary>
    public static readonly GateKind Lock = new("Lock", "System.Threading", "");

    private readonly string _arguments;

    private GateKind(string type, string space, string arguments) => (Type, Space, _arguments) = (type, space, arguments);

    public string Type { get; }

    public string Space { get; }

    /// <summary>The kind of a gate that is there already.</summary>
    public static GateKind? Of(ITypeSymbol? type) => type switch
    {
        { Name: "SendGate", ContainingNamespace.Name: "Runtime" } => SendGate,
        { Name: "SemaphoreSlim", ContainingNamespace.Name: "Threading" } => Semaphore,
        { SpecialType: SpecialType.System_Object } or { Name: "Lock", ContainingNamespace.Name: "Threading" } => Lock,
        _ => null,
    };

    /// <summary><c>SemaphoreSlim _sendGate = new(1, 1);</c></summary>
    /// <param name="name">The name of the field or variable.</param>
    /// <param name="modifiers">What stands in front; for a variable, <c>var</c>.</param>
    /// <param name="isInScope">The type's namespace need not be named.</param>
    /// <param name="isModern">The language knows <c>new()</c>.</param>
    public string Declaration(string name, string modifiers, bool isInScope, bool isModern)
    {
        var type = isInScope ? Type : "global::" + Space + "." + Type;
        return modifiers == "var" ? $"var {name} = new {type}({_arguments});" : $"{modifiers} {type} {name} = new{(isModern ? "" : " " + type)}({_arguments});";
    }

    /// <summary>The statements with the gate around them.</summary>
    /// <param name="gate">The gate's name.</param>
    /// <param name="awaits">The function awaits.</param>
    /// <param name="token">The cancellation that ends the wait; empty where there is none.</param>
    /// <param name="configured"><c>.ConfigureAwait(false)</c>, or nothing.</param>
    /// <param name="inner">What only one may do at a time.</param>
    /// <param name="endOfLine">The file's.</param>
    public List<StatementSyntax> Around(string gate, bool awaits, string token, string configured, IEnumerable<StatementSyntax> inner, string endOfLine)
    {
        var block = "{" + endOfLine + "}";
        var text = this == Lock ? $"lock ({gate}){endOfLine}{block}"
            : this == SendGate ? (awaits ? $"using (await {gate}.EnterAsync({token}){configured})" : $"using ({gate}.Enter({token}))") + endOfLine + block
            : (awaits ? $"await {gate}.WaitAsync({token}){configured};" : $"{gate}.Wait({token});") + endOfLine + $"try{endOfLine}{block}{endOfLine}finally{endOfLine}{{{endOfLine}{gate}.Release();{endOfLine}}}";
        var statements = Lines.ParseAwaiting(text, endOfLine);
        var last = statements.Count - 1;
        // The body ends with a line of its own.
        var body = inner.Select(s => s.GetTrailingTrivia().Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia)) ? s : s.WithTrailingTrivia(s.GetTrailingTrivia().Add(SyntaxFactory.EndOfLine(endOfLine))));
        statements[last] = statements[last] switch
        {
            UsingStatementSyntax held => held.WithStatement(((BlockSyntax)held.Statement).WithStatements(SyntaxFactory.List(body))),
            LockStatementSyntax held => held.WithStatement(((BlockSyntax)held.Statement).WithStatements(SyntaxFactory.List(body))),
            TryStatementSyntax held => held.WithBlock(held.Block.WithStatements(SyntaxFactory.List(body))),
            var other => other,
        };
        return statements.Select(s => s.WithAdditionalAnnotations(Formatter.Annotation)).ToList();
    }
}
