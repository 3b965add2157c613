using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>What belongs to the request being handled is kept in a field that the next request overwrites.</summary>
internal sealed class LCA4002KeepRequestOutOfSharedFields : IRule
{
    public const string Id = "LCA4002";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Keep the current request's connection out of shared fields",
        "'{0}' holds what belongs to one request, but '{1}' serves several at once: the next one overwrites it before it is read again",
        "Isolation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A middleware, a handler, a server and a singleton are one object for all requests. What is stored in its field for the request being handled is another request's by the time the method goes on after an await. Pass it as a parameter, or keep it in a local.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.AllCode)
        {
            if (member.Declaration is ConstructorDeclarationSyntax || member.Invoked.Count == 0 || !MayStore(member.Declaration, member.Invoked, file)) continue;
            if (Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var operation in root.DescendantsAndSelf())
            {
                foreach (var (target, value) in Stores(operation)) Check(file, operation, target, value);
            }
        }
    }

    /// <summary>Some field or property of the type around, or a static one of any, is assigned by a name that holds such a thing.</summary>
    private static bool MayStore(SyntaxNode declaration, HashSet<string> invoked, RuleContext file)
    {
        if (declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } syntax || file.Model.GetDeclaredSymbol(syntax, file.Cancellation) is not { } type) return false;
        for (INamedTypeSymbol? candidate = type; candidate is not null; candidate = candidate.ContainingType)
        {
            for (var holder = candidate; holder is not null && file.Analysis.Summaries.IsOwn(holder); holder = holder.BaseType)
            {
                if (holder.GetMembers().Any(m => invoked.Contains(m.Name) && Symbols.TypeOf(m) is { } held && IsKeepable(held, file.Analysis))) return true;
            }
        }

        return declaration.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is TupleExpressionSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: [>= 'A' and <= 'Z', ..] } });
    }

    /// <summary>What is assigned to what; by <c>(_context, _count) = (context, 0)</c> one after the other.</summary>
    private static IEnumerable<(IOperation Target, IOperation Value)> Stores(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation or ICoalesceAssignmentOperation when operation is IAssignmentOperation { Target: var target, Value: var value } => [(target, value)],
        IDeconstructionAssignmentOperation { Target: ITupleOperation { Elements: var targets }, Value: var whole } when whole.WithoutConversions() is ITupleOperation { Elements: var values } && values.Length == targets.Length => targets.Zip(values, (t, v) => (t, v)),
        _ => [],
    };

    private static bool IsKeepable(ITypeSymbol type, Analysis analysis) =>
        type is INamedTypeSymbol { Name: "Nullable", TypeArguments: [var inner] } && IsKeepable(inner, analysis)
        || type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(e => IsKeepable(e.Type, analysis))
        || RequestContexts.IsContext(type) || analysis.Connections.LeadsToPeer(type) || type.Name is "IDuplexPipe" or "IClientProxy" or "ISingleClientProxy";

    private static void Check(RuleContext file, IOperation assignment, IOperation assigned, IOperation value)
    {
        if (assigned is not IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } target || Symbols.TypeOf(target.Member) is not { } held) return;
        if (!IsKeepable(held, file.Analysis) || !file.Analysis.Summaries.IsOwn(target.Member)) return;
        if (assignment is ICoalesceAssignmentOperation && !RequestContexts.IsContext(held)) return;
        if (Code.FunctionAround(assignment.Syntax) is not { } function || file.Model.GetEnclosingSymbol(assignment.Syntax.SpanStart, file.Cancellation)?.ContainingType is not { } around) return;
        var origin = RequestValues.Origin(value, file, 4);
        if (origin == Origin.None) return;
        var sharing = SharedTypes.Of(around, file.Analysis);
        if (target.Member.IsStatic)
        {
            if (target.Member.GetAttributes().Any(a => a.AttributeClass?.Name == "ThreadStaticAttribute")) return;
            if (RequestContexts.IsPerRequest(around) || RequestContexts.IsContext(held)) sharing = Sharing.Handler;
            else if (sharing == Sharing.None) sharing = origin == Origin.Ambient ? Sharing.Handler : Sharing.Server;
        }

        if (sharing == Sharing.None && !RequestContexts.IsPerRequest(around) && Endpoints.IsOne(function, file)) sharing = Sharing.Handler;
        if (sharing == Sharing.None || IsOccupancy(function, assignment.Syntax, target.Member.Name) || IsGated(function, assignment.Syntax, file.Analysis)) return;
        var shared = new SharedField(target.Member, assignment.Syntax, function, around, file);
        var isBug = sharing == Sharing.Handler || origin == Origin.Ambient && !RequestContexts.IsHttpListeners(held) || origin == Origin.Handed && shared.IsEnteredTwice(function, 3)
            ? shared.IsReadLate(RequestContexts.IsContext(held))
            : origin == Origin.Accepted && shared.IsReadBesideTheLoop();
        if (isBug) file.Report(Diagnostic.Create(Rule, assignment.Syntax.GetLocation(), target.Member.Name, around.Name));
    }

    /// <summary>One at a time by design: who comes second is turned away, or takes the place of the first.</summary>
    private static bool IsOccupancy(SyntaxNode function, SyntaxNode assignment, string field)
    {
        foreach (var name in function.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.SpanStart >= assignment.SpanStart || name.Identifier.ValueText != field) continue;
            if (name.Ancestors().TakeWhile(a => a != function).Any(a => a is IfStatementSyntax statement && statement.Condition.Span.Contains(name.Span))) return true;
            var access = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own.Parent : name.Parent;
            if (access is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Close" or "Dispose" or "DisposeAsync" or "Abort" or "CloseAsync" }) return true;
            if (access is ConditionalAccessExpressionSyntax) return true;
        }

        return false;
    }

    /// <summary>A semaphore or gate that was entered before and is left at the end keeps the others out.</summary>
    private static bool IsGated(SyntaxNode function, SyntaxNode assignment, Analysis analysis) => Gates.HeldAt(function, assignment.SpanStart, assignment.Span.End, analysis);
}
