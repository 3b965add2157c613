using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules;

/// <summary>One file, and what the rules may ask about it. The bodies and callbacks are found once for all rules.</summary>
internal sealed class RuleContext(Analysis analysis, SemanticModel model, IReadOnlyList<Callback> callbacks, IReadOnlyList<Body> creationBodies, IReadOnlyList<Body> reuseBodies, Action<Diagnostic> report, CancellationToken cancellation)
{
    private IReadOnlyList<CodeMember>? _codeMembers;
    private IReadOnlyList<CodeMember>? _reachingMembers;

    public Analysis Analysis { get; } = analysis;

    public SemanticModel Model { get; } = model;

    public SyntaxTree Tree => Model.SyntaxTree;

    /// <summary>The callbacks whose code stands in this file.</summary>
    public IReadOnlyList<Callback> Callbacks { get; } = callbacks.Where(c => (c.Kind & CallbackKind.Callback) != 0).ToList();

    /// <summary>Finds the callbacks of another file: of a part of the type, or of a derived one.</summary>
    public Func<SyntaxTree, IReadOnlyList<Callback>> CallbacksIn { get; init; } = _ => [];

    /// <summary>The functions of this file whose exceptions nobody catches: certain callbacks, and starts of threads.</summary>
    public IReadOnlyList<Callback> Unwatched { get; } = callbacks.Where(c => (c.Kind & (CallbackKind.Unwatched | CallbackKind.Thread)) != 0).ToList();

    /// <summary>The bodies of this file that may open something whose failure is told by an event.</summary>
    public IReadOnlyList<Body> CreationBodies { get; } = creationBodies;

    /// <summary>The bodies of this file that may use a connection which was kept from earlier.</summary>
    public IReadOnlyList<Body> ReuseBodies { get; } = reuseBodies;

    /// <summary>The members of this file whose code mentions a connection, each with its words: filter by these before asking for bodies.</summary>
    public IReadOnlyList<CodeMember> CodeMembers => _codeMembers ??= Analysis.Holders.CodeIn(Tree, Cancellation);

    /// <summary>All members of this file that hold code, each with its words.</summary>
    public IReadOnlyList<CodeMember> AllCode => Analysis.Holders.AllCodeIn(Tree, Cancellation);

    /// <summary>Those, and the members that may lead to such code by what they name.</summary>
    public IReadOnlyList<CodeMember> ReachingMembers => _reachingMembers ??= Analysis.Holders.CodeReachingIn(Tree, Cancellation);

    /// <summary>The body of a member, and those of the lambdas and local functions in it.</summary>
    public IEnumerable<Body> BodiesOf(CodeMember member) => Analysis.Holders.BodiesOf(member, Cancellation);

    public CancellationToken Cancellation { get; } = cancellation;

    public void Report(Diagnostic diagnostic) => report(diagnostic);

    public Summary? Summarise(Body body) => Analysis.Summaries.Of(body, Analysis.Depth, Cancellation);
}

/// <summary>One rule: its descriptor and its verdict, in one file.</summary>
internal interface IRule
{
    DiagnosticDescriptor Descriptor { get; }

    void Check(RuleContext file);
}
