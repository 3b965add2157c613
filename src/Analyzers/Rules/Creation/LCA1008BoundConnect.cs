using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>A connect that waits as long as the network likes.</summary>
internal sealed class LCA1008BoundConnect : IRule
{
    public const string Id = "LCA1008";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Bound the time a connect may take",
        "Nothing bounds the time that '{0}' of '{1}' may take: pass a cancellation token or a timeout",
        "Creation", DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "A peer that does not answer lets a connect wait for as long as the operating system tries, which may be minutes. Pass a token that is cancelled after a while, or a timeout.",
        helpLinkUri: Describe.HelpLink(Id));

    private static readonly string[] Verbs = ["Connect", "Open", "Dial"];

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.CodeMembers)
        {
            if (!member.Invoked.Any(IsConnect)) continue;
            foreach (var node in member.Declaration.DescendantNodes())
            {
                if (node is InvocationExpressionSyntax call && call.Expression.LastName() is { } name && IsConnect(name.Identifier.ValueText)) Check(file, call);
            }
        }
    }

    private static void Check(RuleContext file, InvocationExpressionSyntax syntax)
    {
        var analysis = file.Analysis;
        if (file.Model.GetOperation(syntax, file.Cancellation) is not IInvocationOperation call || analysis.Io.Of(call) is not { Kind: IoKind.Connect } connect) return;
        var method = connect.Method;
        if (method.ReturnType.Name is not ("Task" or "ValueTask")) return;
        if (IsOwnBound(analysis, connect.Type) || IsOwnBound(analysis, method.ContainingType) || IsOwnBound(analysis, Result(method))) return;
        // A message of the contract between two parts of the program, not a way to a peer: nothing to pass.
        var isFrameworks = Conventions.IsFrameworks(method.ContainingType, analysis.Compilation.Assembly);
        if (!isFrameworks && !MayTakeBound(method, connect.Type)) return;
        if (call.Arguments.Any(IsBound) || HasOwnTimeout(connect.Type) || call.Arguments.Any(a => HasOwnTimeout(a.Value.Type))) return;
        if (IsShortForm(syntax, method, file)) return;
        if (IsBoundAround(call, analysis) || IsBoundInside(method, analysis, file.Cancellation) || IsBoundBeside(syntax) || Datagrams.AreSentBy(VariableOf(connect), analysis)) return;
        file.Report(Diagnostic.Create(Rule, syntax.GetLocation(), connect.Name, Name(connect)));
    }

    /// <summary><c>ConnectAsync() => ConnectAsync(CancellationToken.None)</c>: whoever calls the short form has left the bound out.</summary>
    private static bool IsShortForm(InvocationExpressionSyntax call, IMethodSymbol method, RuleContext file) =>
        call.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
        && call.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } caller && caller.Identifier.ValueText == method.Name
        && file.Model.GetDeclaredSymbol(caller, file.Cancellation) is IMethodSymbol shorter && !shorter.Parameters.Any(IsBoundParameter) && SymbolEqualityComparer.Default.Equals(shorter.ContainingType, method.ContainingType);

    private static string Name(IoCall connect) => connect.Connection switch
    {
        ILocalReferenceOperation local => local.Local.Name,
        IParameterReferenceOperation parameter => parameter.Parameter.Name,
        IMemberReferenceOperation member => member.Member.Name,
        _ => connect.Type?.Name ?? connect.Method.ContainingType.Name,
    };

    private static bool IsConnect(string name) => Array.IndexOf(Verbs, ClosingFlags.Words(name).FirstOrDefault()) >= 0;

    private static ITypeSymbol? Result(IMethodSymbol method) => method.ReturnType is INamedTypeSymbol { TypeArguments: [var result] } ? result : null;

    private static bool IsOwnBound(Analysis analysis, ITypeSymbol? type) => analysis.Connections.TypeOf(type) is { } known && (known.Traits & (Traits.OwnBound | Traits.Pooled)) != 0;

    /// <summary>The method, or a sister of it, takes a token or a timeout.</summary>
    private static bool MayTakeBound(IMethodSymbol method, ITypeSymbol? receiver)
    {
        if (Bounds(method)) return true;
        for (var type = receiver is INamedTypeSymbol named ? named : method.ContainingType; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(method.Name).OfType<IMethodSymbol>().Any(Bounds)) return true;
        }

        return method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(Bounds);

        static bool Bounds(IMethodSymbol candidate) => candidate.Parameters.Any(IsBoundParameter);
    }

    private static bool IsBoundParameter(IParameterSymbol parameter) =>
        parameter.Type.Name is "CancellationToken" or "TimeSpan" || parameter.Name.IndexOf("timeout", StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsBound(IArgumentOperation argument)
    {
        if (argument.Parameter is not { } parameter || argument.ArgumentKind == ArgumentKind.DefaultValue || !IsBoundParameter(parameter)) return false;
        var value = Written(IoCalls.Unwrapped(argument.Value));
        return value is not IDefaultValueOperation && value is not IPropertyReferenceOperation { Property: { Name: "None", ContainingType.Name: "CancellationToken" } }
            && value is not IObjectCreationOperation { Type.Name: "CancellationToken", Arguments.Length: 0 }
            && !(value is IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan" or "Infinite", ContainingType.Name: "Timeout" } });
    }

    /// <summary>What a variable that is set once was set to: <c>var none = CancellationToken.None</c>.</summary>
    private static IOperation Written(IOperation value)
    {
        if (value is not ILocalReferenceOperation { Local: var local, SemanticModel: { } model } || local.DeclaringSyntaxReferences is not [var reference] || reference.GetSyntax() is not VariableDeclaratorSyntax declarator) return value;
        return model.GetOperation(declarator) is IVariableDeclaratorOperation { Initializer.Value: var written } && !IsSetAgain(local, declarator) ? IoCalls.Unwrapped(written) : value;
    }

    private static bool IsSetAgain(ILocalSymbol local, SyntaxNode declarator) =>
        Bodies.EnclosingDeclaration(declarator) is not { } function || WrittenNames.In(function).Contains(local.Name);

    /// <summary>The client, or the options it is given, know a timeout of the connect.</summary>
    private static bool HasOwnTimeout(ITypeSymbol? type)
    {
        if (type is not INamedTypeSymbol || type.SpecialType != SpecialType.None) return false;
        for (var candidate = type; candidate is { SpecialType: SpecialType.None }; candidate = candidate.BaseType)
        {
            foreach (var member in candidate.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false } or IFieldSymbol { IsStatic: false, IsConst: false } && IsTimeoutName(member.Name.TrimStart('_'))) return true;
            }
        }

        return false;
    }

    private static bool IsTimeoutName(string name) =>
        name.EndsWith("Timeout", StringComparison.OrdinalIgnoreCase)
        && (name.Length == 7 || name.StartsWith("Connect", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Open", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Dial", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Handshake", StringComparison.OrdinalIgnoreCase));

    /// <summary>What is done with the task: waited for with a limit, raced against a delay, given to a helper that knows one, kept for others.</summary>
    private static bool IsBoundAround(IOperation value, Analysis analysis)
    {
        for (var step = 0; step < 8; step++)
        {
            var outer = Results.Outermost(value);
            switch (outer.Parent)
            {
                case IInvocationOperation call when call.Instance == outer:
                    if (call.TargetMethod.Name is "WaitAsync" or "ContinueWith" || call.TargetMethod.Name == "Wait" && call.Arguments.Length > 0) return true;
                    value = call;
                    continue;
                case IArgumentOperation { Parent: IInvocationOperation helper }:
                    if (helper.TargetMethod.Name is "WhenAny" || !(helper.TargetMethod.Name is "WhenAll" or "WaitAll")) return true;
                    value = helper;
                    continue;
                case IArgumentOperation:
                    return true;
                case IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation:
                    value = outer.Parent;
                    continue;
                case ISimpleAssignmentOperation { Target: not (ILocalReferenceOperation or IDiscardOperation) }:
                    return true;
            }

            if (Results.Variable(value) is not { } variable || variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return false;
            var model = analysis.Bodies.ModelOf(declaration.SyntaxTree);
            return Results.Uses(variable, declaration, analysis.Bodies).Any(use => use.Parent is ArgumentSyntax or MemberAccessExpressionSyntax
                && model.GetOperation(use) is { } read && IsBoundAround(read, analysis));
        }

        return false;
    }

    /// <summary>An own connect that limits itself.</summary>
    private static bool IsBoundInside(IMethodSymbol method, Analysis analysis, CancellationToken cancellation)
    {
        if (!analysis.Summaries.IsOwn(method)) return false;
        foreach (var target in analysis.Implementations.Of(method, exactly: false, cancellation))
        {
            if (target.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } declaration && LimitsTime(Names.Of(declaration))) return true;
        }

        return false;
    }

    private static bool LimitsTime(HashSet<string> words) =>
        words.Contains("CancelAfter") || words.Contains("WaitAsync") || words.Contains("WhenAny") || words.Any(w => w.IndexOf("timeout", StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary>Something else in the function ends the connect: a token's callback, a timer, a delayed closing.</summary>
    private static bool IsBoundBeside(InvocationExpressionSyntax call)
    {
        if (Bodies.EnclosingDeclaration(call) is not { } function) return false;
        for (SyntaxNode? around = function; around is not null; around = Bodies.EnclosingDeclaration(around))
        {
            foreach (var node in around.DescendantNodes())
            {
                if (node is SimpleNameSyntax { Identifier.ValueText: "Register" or "UnsafeRegister" or "Timer" or "CreateTimer" }) return true;
                if (node is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var target } } && IsTimeoutName(target)) return true;
            }

            if (around is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)) break;
        }

        // A resilience pipeline has its own clock.
        return call.Ancestors().OfType<AnonymousFunctionExpressionSyntax>().Any(f => f.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax outer } && outer.Expression.LastName() is { Identifier.ValueText: "ExecuteAsync" });
    }

    private static ISymbol? VariableOf(IoCall connect) => connect.Connection switch
    {
        ILocalReferenceOperation { Local: var local } => local,
        IFieldReferenceOperation { Field: var field } => field,
        _ => null,
    };
}
