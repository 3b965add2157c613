using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Work that goes on after the request uses what the framework lent for the request only.</summary>
internal sealed class LCA4003UseContextWithinRequest : IRule
{
    public const string Id = "LCA4003";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not use a request's context after the request",
        "'{0}' belongs to the request, which does not wait for this work: copy what it needs before",
        "Isolation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The context of a request, its request and its response are given back when the request has been handled, and serve another one then. Work that nobody in the request waits for reads and writes somebody else's, or fails. Copy the values it needs before it starts.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var frameworks = RequestContexts.Frameworks(file.Analysis);
        var reported = new HashSet<Location>();
        foreach (var member in file.AllCode)
        {
            if (!RequestContexts.MayMention(member.Identifiers, frameworks) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            var sites = new HashSet<IOperation>();
            foreach (var work in OutlivingWork.In(root, file.Analysis, file.Cancellation))
            {
                if (sites.Contains(work.Site) || FirstUse(work, file) is not { } use || IsOtherwise(work, use, file)) continue;
                sites.Add(work.Site);
                var location = use.Syntax.GetLocation();
                if (use.Syntax.SyntaxTree != file.Tree || !reported.Add(location)) continue;
                file.Report(Diagnostic.Create(Rule, location, [work.Site.Syntax.GetLocation()], Name(use)));
            }
        }
    }

    private static IOperation? FirstUse(OutlivingWork work, RuleContext file)
    {
        foreach (var value in work.HandedOver)
        {
            if (RequestContexts.IsContext(value.Type) && IsLent(value, null) && !IsCopiedAtOnce(work, value, file)) return value;
        }

        if (work.Code is not { } code) return null;
        var scope = code.Syntax;
        var begin = work.BeginsHere ? Order.Awaits(scope).Select(a => (int?)a.Span.End).FirstOrDefault() ?? int.MaxValue : 0;
        return code.Descendants()
            .Where(o => IsUse(o, scope, work, file) && (o.Syntax.SpanStart >= begin || IsHandedOn(o)) && !RequestContexts.IsOnlyAsked(o))
            .OrderBy(o => o.Syntax.SpanStart).FirstOrDefault();
    }

    private static bool IsUse(IOperation operation, SyntaxNode scope, OutlivingWork work, RuleContext file)
    {
        switch (operation)
        {
            case ILocalReferenceOperation or IParameterReferenceOperation:
                return RequestContexts.IsContext(operation.Type) && IsLent(operation, scope);
            case IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } own:
                return RequestContexts.IsAmbient(own.Property) || RequestContexts.IsContext(own.Type) && (RequestContexts.IsPerRequest(own.Property.ContainingType) || work.IsStarted && !SharedTypes.IsShared(own.Property.ContainingType, file.Analysis));
            case IFieldReferenceOperation { Instance: IInstanceReferenceOperation } field:
                return RequestContexts.IsContext(field.Type) && !SharedTypes.IsShared(field.Field.ContainingType, file.Analysis);
            case IPropertyReferenceOperation or IInvocationOperation when RequestContexts.IsContext(operation.Type) && !RequestContexts.IsContext(Instance(operation)?.Type):
                return OutlivingWork.Root(operation) switch
                {
                    ILocalReferenceOperation or IParameterReferenceOperation => IsLent(operation, scope),
                    IInstanceReferenceOperation => work.IsStarted && Instance(operation)?.Type?.Name == "IHttpContextAccessor",
                    IPropertyReferenceOperation { Property: { IsStatic: true, Name: "Current" } } => work.IsStarted,
                    _ => false,
                };
            case IInvocationOperation { Instance: IInstanceReferenceOperation } call when !work.BeginsHere && RequestContexts.IsPerRequest(call.TargetMethod.ContainingType):
                return UsesAmbient(call.TargetMethod, file, 3);
            default:
                return false;
        }
    }

    private static IOperation? Instance(IOperation operation) => OutlivingWork.Inner(operation);

    /// <summary>It comes from outside of the work, and was not made by the code itself.</summary>
    private static bool IsLent(IOperation operation, SyntaxNode? scope)
    {
        var symbol = OutlivingWork.Root(operation) switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => (ISymbol)parameter.Parameter,
            IInstanceReferenceOperation => null,
            _ => null,
        };
        if (symbol is null) return scope is null && OutlivingWork.Root(operation) is IInstanceReferenceOperation or IPropertyReferenceOperation;
        if (symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return false;
        if (scope is not null && declaration.SyntaxTree == scope.SyntaxTree && scope.Span.Contains(declaration.Span)) return false;
        return declaration is not VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax };
    }

    /// <summary>Given on to a call that may keep it, or into another object.</summary>
    private static bool IsHandedOn(IOperation use)
    {
        var parent = use.Parent;
        while (parent is IConversionOperation) parent = parent.Parent;
        return parent is IArgumentOperation { Parent: IInvocationOperation call } && Dropped.IsTask(call.Type);
    }

    /// <summary>The called method reads what it needs before it first waits.</summary>
    private static bool IsCopiedAtOnce(OutlivingWork work, IOperation value, RuleContext file)
    {
        if (work.Site is not IInvocationOperation { TargetMethod.IsAsync: true } call) return false;
        var argument = call.Arguments.FirstOrDefault(a => Code.Unwrapped(a.Value) == value);
        if (argument?.Parameter is null || Code.Of(call.TargetMethod, file.Analysis, file.Cancellation) is not { } code) return false;
        var scope = code.Syntax;
        if (Order.Awaits(scope).FirstOrDefault() is not { } first) return false;
        var uses = code.Descendants().OfType<IParameterReferenceOperation>().Where(r => r.Parameter.Ordinal == argument.Parameter.Ordinal && r.Parameter.Name == argument.Parameter.Name).ToList();
        return uses.Count > 0 && uses.All(u => u.Syntax.SpanStart < first.Span.End && Code.FunctionAround(u.Syntax) == scope
            && (u.Parent is IPropertyReferenceOperation { Parent: not null } read && IsValue(read)));
    }

    /// <summary><c>context.Request.Path</c> is a copy, <c>context.Request</c> is not.</summary>
    private static bool IsValue(IPropertyReferenceOperation read)
    {
        IOperation outer = read;
        while (RequestContexts.IsContext(outer.Type) && outer.Parent is IPropertyReferenceOperation next) outer = next;
        return !RequestContexts.IsContext(outer.Type) && outer.Parent is not IAwaitOperation && !IsLive(outer);
    }

    /// <summary>No copy but a part that ends with the request: its body, its headers, its services; an entry read from it is one.</summary>
    private static bool IsLive(IOperation part) =>
        part.Type is { Name: "Stream" or "PipeReader" or "PipeWriter" or "IHeaderDictionary" or "IServiceProvider" or "ISession" or "IFeatureCollection" or "ConnectionInfo" }
        && !(part.Parent is IPropertyReferenceOperation { Parent: not IAwaitOperation } entry && entry.Instance == part)
        && !(part.Parent is IInvocationOperation { Parent: not IAwaitOperation } asked && asked.Instance == part)
        && part.Parent is not IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true, Parent: not IAwaitOperation } };

    private static bool UsesAmbient(IMethodSymbol method, RuleContext file, int depth)
    {
        if (depth == 0 || Code.Of(method, file.Analysis, file.Cancellation) is not { } code) return false;
        foreach (var operation in code.Descendants())
        {
            if (operation is IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } own && (RequestContexts.IsAmbient(own.Property) || RequestContexts.IsContext(own.Type)) && !RequestContexts.IsOnlyAsked(own)) return true;
            if (operation is IInvocationOperation { Instance: IInstanceReferenceOperation } call && UsesAmbient(call.TargetMethod, file, depth - 1)) return true;
        }

        return false;
    }

    /// <summary>
    /// An <c>HttpListener</c> ends no request by itself: who hands the context on and does not come back to it has handed on the
    /// request. Only where this function goes on with it, or has closed it, or its caller closes it afterwards, there are two.
    /// </summary>
    private static bool IsOtherwise(OutlivingWork work, IOperation use, RuleContext file)
    {
        if (!RequestContexts.IsHttpListeners(use.Type)) return false;
        var site = work.Site.Syntax;
        if (Code.FunctionAround(site) is not { } function || work.Site.SemanticModel is not { } model) return true;
        foreach (var name in ListenersIn(function, model))
        {
            if (site.Span.Contains(name.Span) || work.Code?.Syntax.Span.Contains(name.Span) == true) continue;
            if (Order.MayFollow(site, name) && !IsAssigned(name)) return false;
            if (Order.MayFollow(name, site) && (IsClosed(name) || IsClosedByCall(name, model, file))) return false;
        }

        return !IsClosedByCaller(function, model, file);
    }

    private static IEnumerable<IdentifierNameSyntax> ListenersIn(SyntaxNode function, SemanticModel model) =>
        function.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => RequestContexts.IsHttpListeners(model.GetTypeInfo(n).Type));

    /// <summary>Who calls the helper that starts the work answers and closes when it has returned.</summary>
    private static bool IsClosedByCaller(SyntaxNode helper, SemanticModel model, RuleContext file)
    {
        if (model.GetDeclaredSymbol(helper, file.Cancellation) is not IMethodSymbol method) return false;
        foreach (var call in file.Analysis.Callers.Of(method, file.Cancellation))
        {
            if (call is not IInvocationOperation || Dropped.IsTask(call.Type) && Dropped.Is(call) || Code.FunctionAround(call.Syntax) is not { } function) continue;
            if (ListenersIn(function, file.Analysis.Bodies.ModelOf(function.SyntaxTree)).Any(n => Order.MayFollow(call.Syntax, n) && IsClosed(n))) return true;
        }

        return false;
    }

    private static bool IsAssigned(IdentifierNameSyntax name) => name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name;

    /// <summary>Given to a method that answers and closes it.</summary>
    private static bool IsClosedByCall(IdentifierNameSyntax name, SemanticModel model, RuleContext file) =>
        name.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && model.GetOperation(call, file.Cancellation) is IInvocationOperation invocation
        && Code.Of(invocation.TargetMethod, file.Analysis, file.Cancellation) is { } code
        && code.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => RequestContexts.IsHttpListeners(file.Analysis.Bodies.ModelOf(n.SyntaxTree).GetTypeInfo(n).Type) && IsClosed(n));

    private static bool IsClosed(IdentifierNameSyntax name)
    {
        SyntaxNode chain = name;
        while (chain.Parent is MemberAccessExpressionSyntax access)
        {
            if (access.Name.Identifier.ValueText is "Close" or "Abort" && access.Parent is InvocationExpressionSyntax) return true;
            chain = access;
        }

        return false;
    }

    private static string Name(IOperation use) => use switch
    {
        ILocalReferenceOperation local => local.Local.Name,
        IParameterReferenceOperation parameter => parameter.Parameter.Name,
        IMemberReferenceOperation member => member.Member.Name,
        IInvocationOperation call => call.TargetMethod.Name,
        _ => use.Type?.Name ?? "context",
    };
}
