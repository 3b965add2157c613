using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Callbacks;

/// <summary>A place in the source where a function may become a callback; not bound yet.</summary>
internal sealed class CallbackSite(SyntaxNode node, ExpressionSyntax handler, string? method)
{
    public SyntaxNode Node { get; } = node;

    public ExpressionSyntax Handler { get; } = handler;

    /// <summary>The simple name of a method group or delegate variable; null for a lambda.</summary>
    public string? Method { get; } = method;
}

/// <summary>
/// Finds the sites by syntax alone, once for each file: a handler can be declared in another file than the one that
/// subscribes it, and binding every file to learn that would cost as much as compiling.
/// </summary>
/// <param name="holders">Knows the members of a file and their words.</param>
/// <param name="registering">The names of what takes a callback.</param>
/// <param name="mayBeFunction">Whether some method or delegate has this name.</param>
/// <param name="makesFunction">Whether some method of this name answers with a delegate.</param>
internal sealed class CallbackSites(Holders holders, ISet<string> registering, Func<string, bool> mayBeFunction, Func<string, bool> makesFunction)
{
    private readonly ConcurrentDictionary<SyntaxTree, ImmutableArray<CallbackSite>> _kept = new();

    public ImmutableArray<CallbackSite> In(SyntaxTree tree, CancellationToken cancellation) =>
        _kept.GetOrAdd(tree, t => Find(holders.AllCodeIn(t, cancellation)));

    private ImmutableArray<CallbackSite> Find(IReadOnlyList<CodeMember> members)
    {
        var sites = ImmutableArray.CreateBuilder<CallbackSite>();
        foreach (var node in members.Where(MayHold).SelectMany(m => m.Declaration.DescendantNodesAndSelf()))
        {
            switch (node)
            {
                case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.AddAssignmentExpression) && IsFunction(assignment.Right):
                    Add(assignment, assignment.Right);
                    break;
                case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
                    && IsSomebodyElses(assignment.Left) && (IsCallbackName(assignment.Left) ? IsFunction(assignment.Right) : assignment.Right is AnonymousFunctionExpressionSyntax && !IsDeed(assignment.Left)):
                    Add(assignment, assignment.Right);
                    break;
                case InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } invocation when IsRegistering(Name(invocation.Expression)):
                    foreach (var argument in invocation.ArgumentList.Arguments) AddArgument(invocation, argument);
                    break;
                case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } creation when IsRegistering(creation is ObjectCreationExpressionSyntax { Type: var type } ? Name(type) : null):
                    foreach (var argument in creation.ArgumentList!.Arguments) AddArgument(creation, argument);
                    break;
            }
        }

        return sites.ToImmutable();

        void AddArgument(SyntaxNode site, ArgumentSyntax argument)
        {
            if (argument.RefKindKeyword.IsKind(SyntaxKind.None) && (IsFunction(argument.Expression) || argument.Expression is ElementAccessExpressionSyntax)) Add(site, argument.Expression);
        }

        void Add(SyntaxNode site, ExpressionSyntax handler) => sites.Add(new CallbackSite(site, handler, Name(Unwrapped(handler) is InvocationExpressionSyntax maker ? maker.Expression : Unwrapped(handler))));
    }

    /// <summary>By its words: an event is subscribed, a callback set, or something called that takes one.</summary>
    private bool MayHold(CodeMember member) =>
        member.Subscribes || member.AssignsPart || member.Invoked.Any(name => name == "new" || IsRegistering(name) || member.Identifiers.Contains("new") && IsCallbackName(name));

    /// <summary>A creation without a type name (<c>new(...)</c>) may be anything; its arguments decide when they are bound.</summary>
    private bool IsRegistering(string? name) => name is null || registering.Contains(name) || name.StartsWith("Begin", StringComparison.Ordinal);

    private static bool IsCallbackName(ExpressionSyntax target) => Name(target) is { } name && IsCallbackName(name);

    private static bool IsCallbackName(string name) =>
        name.StartsWith("On", StringComparison.Ordinal) || name.EndsWith("Callback", StringComparison.Ordinal) || name.EndsWith("Handler", StringComparison.Ordinal) || name.EndsWith("Received", StringComparison.Ordinal);

    /// <summary>
    /// A callback property of another object, or in an object's initialiser. What is put under a key (<c>["quit"] = …</c>) is looked up
    /// and run by the code that keeps it.
    /// </summary>
    private static bool IsSomebodyElses(ExpressionSyntax target) =>
        target is MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) }
        || target is not ImplicitElementAccessSyntax && target.Parent?.Parent is InitializerExpressionSyntax;

    /// <summary>Not what is told, but what is done for the other when it asks for it: <c>group.PublishSink = m => Send(m)</c>.</summary>
    private static bool IsDeed(ExpressionSyntax target) =>
        Name(target) is { } name && Facts.ClosingFlags.Words(name).Any(w => w is "Send" or "Sender" or "Sink" or "Write" or "Writer" or "Publish" or "Publisher" or "Transmit" or "Emit" or "Output" or "Factory");

    /// <summary>A lambda, the name of a method, a call that answers with one, or a variable that was given one: <c>total += count</c> is none of these.</summary>
    private bool IsFunction(ExpressionSyntax expression) => Unwrapped(expression) switch
    {
        AnonymousFunctionExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax => true,
        InvocationExpressionSyntax maker => Name(maker.Expression) is { } made && makesFunction(made),
        MemberAccessExpressionSyntax or GenericNameSyntax when Name(Unwrapped(expression)) is { } name => mayBeFunction(name),
        IdentifierNameSyntax identifier => mayBeFunction(identifier.Identifier.ValueText) || IsDelegateVariable(identifier),
        _ => false,
    };

    private static bool IsDelegateVariable(IdentifierNameSyntax name)
    {
        if (Flow.Bodies.EnclosingDeclaration(name) is not { } member) return false;
        for (SyntaxNode? around = member; around is not null; around = Flow.Bodies.EnclosingDeclaration(around))
        {
            foreach (var node in around.DescendantNodes())
            {
                switch (node)
                {
                    case VariableDeclaratorSyntax { Initializer.Value: var value } declarator when declarator.Identifier.ValueText == name.Identifier.ValueText:
                        return value is AnonymousFunctionExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or BaseObjectCreationExpressionSyntax or CastExpressionSyntax;
                    case LocalFunctionStatementSyntax function when function.Identifier.ValueText == name.Identifier.ValueText:
                        return true;
                }
            }
        }

        return false;
    }

    /// <summary>The function in <c>new EventHandler(F)</c>, <c>(EventHandler)F</c>, <c>F!</c>.</summary>
    public static ExpressionSyntax Unwrapped(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    expression = parenthesized.Expression;
                    continue;
                case CastExpressionSyntax cast:
                    expression = cast.Expression;
                    continue;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed:
                    expression = suppressed.Operand;
                    continue;
                case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var only] }:
                    expression = only.Expression;
                    continue;
                default:
                    return expression;
            }
        }
    }

    private static string? Name(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        _ => null,
    };
}
