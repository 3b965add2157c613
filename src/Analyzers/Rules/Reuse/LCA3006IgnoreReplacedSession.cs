using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A session takes another's place, and the other one's events still reach a handler that acts on the new one.</summary>
internal sealed class LCA3006IgnoreReplacedSession : IRule
{
    public const string Id = "LCA3006";

    /// <summary>The property of the diagnostic that names the field or property which gets a new session.</summary>
    public const string Session = "session";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Ignore the events of a replaced session",
        "'{0}' gets a new session, but a late '{1}' of the old one still reaches {2}, which acts on '{0}' without asking whose event it is",
        "Reuse", DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "An event of a session can arrive after another session has taken its place. A handler that closes, clears or replaces what the field holds then ends the new session. Compare the sender (or a captured variable) with the field first, or unsubscribe from and close the old session before replacing it.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var replacements = new Replacements(file.Analysis, file.Cancellation);
        LateEvents? events = null;
        var subscriptions = new Dictionary<ISymbol, IReadOnlyList<Subscription>>(SymbolEqualityComparer.Default);
        foreach (var member in file.AllCode)
        {
            if (member.Invoked.Count == 0 || member.Declaration is ConstructorDeclarationSyntax || Type(member, file) is not { } type || !MayReplace(file, type, member, replacements)) continue;
            if (Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var replacement in replacements.In(root))
            {
                if (!subscriptions.TryGetValue(type, out var attached))
                {
                    events ??= new LateEvents(file.Analysis, new Liveness(file.Analysis, file.Cancellation), file.Cancellation);
                    subscriptions[type] = attached = OwnBases(type, file).SelectMany(events.Subscriptions).ToList();
                }

                if (attached.Count == 0 || !OwnBases(type, file).Any(t => SymbolEqualityComparer.Default.Equals(replacement.Member.ContainingType, t.OriginalDefinition))) continue;
                var function = Values.FunctionAround(replacement.Operation) ?? root;
                var acting = attached.Where(s => events!.Concerns(s, replacement) && !events.IsTakenBack(s, replacement, function) && events.ActsUnasked(s, replacement.Member)).ToList();
                if (acting.FirstOrDefault() is not { } guilty || !Replaces(file, replacement, function, replacements) || replacements.EndsTheOld(replacement, function)) continue;
                var handler = guilty.Handler is IMethodReferenceOperation reference ? "'" + reference.Method.Name + "'" : "its handler";
                file.Report(Diagnostic.Create(Rule, replacement.Operation.Syntax.GetLocation(), acting.Select(s => s.Operation.Syntax.GetLocation()), ImmutableDictionary<string, string?>.Empty.Add(Session, replacement.Member.Name), replacement.Member.Name, guilty.Event.Name, handler));
            }
        }
    }

    private static INamedTypeSymbol? Type(CodeMember member, RuleContext file) =>
        member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } syntax ? file.Model.GetDeclaredSymbol(syntax, file.Cancellation) as INamedTypeSymbol : null;

    /// <summary>The type, and those of its bases that stand in this compilation.</summary>
    private static IEnumerable<INamedTypeSymbol> OwnBases(INamedTypeSymbol type, RuleContext file)
    {
        for (var part = type; part is not null && file.Analysis.Summaries.IsOwn(part); part = part.BaseType?.OriginalDefinition) yield return part;
    }

    /// <summary>This member names a field that may hold a session, and some part of the type attaches a handler.</summary>
    private static bool MayReplace(RuleContext file, INamedTypeSymbol type, CodeMember member, Replacements replacements) =>
        OwnBases(type, file).Any(t => t.GetMembers().Any(m => member.Identifiers.Contains(m.Name) && replacements.MayHoldSession(m)))
        && OwnBases(type, file).Any(t => file.Analysis.Holders.CodeOf(t).Any(m => m.Subscribes || m.AssignsPart));

    /// <summary>There may be an old one: the code runs more than once, and not only where the field is null.</summary>
    private static bool Replaces(RuleContext file, Replacement replacement, IOperation function, Replacements replacements)
    {
        if (IsUnderNullCheck(replacement, function)) return false;
        if (replacements.MethodOf(function) is not { } method) return true;
        if (method.MethodKind is MethodKind.PropertySet or MethodKind.EventAdd) return method.MethodKind == MethodKind.PropertySet && method.DeclaredAccessibility != Accessibility.Private;
        if (IsInLoop(replacement.Operation)) return true;
        // A service is started once.
        if (method.Name is "StartAsync" or "ExecuteAsync" or "Main" && (method.IsOverride || method.IsStatic || method.ContainingType.AllInterfaces.Any(i => i.Name == "IHostedService"))) return false;
        var callers = file.Analysis.Callers.Of(method, file.Cancellation);
        // So is an owner that says so by its name and puts others in their places elsewhere.
        if (method.Name is "Start" or "StartAsync" && !callers.Any(IsOnItself) && IsReplacedElsewhere(file, replacement, method, replacements)) return false;
        if (method.DeclaredAccessibility is not (Accessibility.Private or Accessibility.NotApplicable)) return true;
        return callers.Any(c => c is IMethodReferenceOperation || Values.FunctionAround(c) is not null || IsInLoop(c) || c.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not (ConstructorDeclarationSyntax or FieldDeclarationSyntax));
    }

    /// <summary>Another member of the type puts a session in the place of this one, or this one in the place of another.</summary>
    private static bool IsReplacedElsewhere(RuleContext file, Replacement replacement, IMethodSymbol start, Replacements replacements) =>
        file.Analysis.Holders.CodeOf(start.ContainingType).Any(member => member.Identifiers.Contains(replacement.Member.Name)
            && member.Declaration is MethodDeclarationSyntax { Identifier.ValueText: var name } && name != start.Name
            && Code.Of(member.Declaration, file.Analysis.Bodies.ModelOf(member.Declaration.SyntaxTree), file.Cancellation) is { } code
            && replacements.In(code).Any(other => Values.Is(other.Member, replacement.Member) || IsField(other.Value, replacement.Member)));

    private static bool IsOnItself(IOperation call) =>
        call is IInvocationOperation { Instance: IInstanceReferenceOperation } or IMethodReferenceOperation { Instance: IInstanceReferenceOperation };

    private static bool IsInLoop(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null and not IAnonymousFunctionOperation; parent = parent.Parent)
        {
            if (parent is ILoopOperation) return true;
        }

        return false;
    }

    /// <summary>Filled only where nothing is there yet, with no other condition that lets an old session be there.</summary>
    private static bool IsUnderNullCheck(Replacement replacement, IOperation function)
    {
        if (Values.Outermost(replacement.Operation).Parent is ICoalesceOperation) return true;
        for (IOperation child = replacement.Operation; child.Parent is { } parent && child != function; child = parent)
        {
            switch (parent)
            {
                case IConditionalOperation conditional when conditional.WhenTrue == child && (IsNullTest(conditional.Condition, replacement.Member, isNull: true) || SaysEnded(conditional.Condition, replacement.Member)):
                case IConditionalOperation otherwise when otherwise.WhenFalse == child && IsNullTest(otherwise.Condition, replacement.Member, isNull: false):
                    return true;
                case IBlockOperation block:
                    foreach (var statement in block.Operations)
                    {
                        if (statement == child) break;
                        if (statement is IConditionalOperation { WhenFalse: null } early && IsNullTest(early.Condition, replacement.Member, isNull: false) && early.WhenTrue.Leaves()) return true;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>What is replaced has ended already and says so: <c>_session is null || _session.IsClosed</c>.</summary>
    private static bool SaysEnded(IOperation condition, ISymbol member) => Values.Meant(condition) switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.ConditionalAnd } binary => SaysEnded(binary.LeftOperand, member) || SaysEnded(binary.RightOperand, member),
        IPropertyReferenceOperation { Instance: { } session, Property: var state } => IsField(session, member) && state.Type.SpecialType == SpecialType.System_Boolean && ClosingFlags.ByName(state.Name) == false,
        _ => false,
    };

    private static bool IsNullTest(IOperation condition, ISymbol member, bool isNull)
    {
        condition = Values.Meant(condition);
        switch (condition)
        {
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary:
                var tested = Replacements.IsNothing(binary.RightOperand) ? binary.LeftOperand : Replacements.IsNothing(binary.LeftOperand) ? binary.RightOperand : null;
                return tested is not null && IsField(tested, member) && binary.OperatorKind == BinaryOperatorKind.Equals == isNull;
            case IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } pattern:
                return isNull && Replacements.IsNothing(constant) && IsField(pattern.Value, member);
            case IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } } pattern:
                return !isNull && Replacements.IsNothing(constant) && IsField(pattern.Value, member);
            case IIsPatternOperation { Pattern: IRecursivePatternOperation { PropertySubpatterns.IsEmpty: true } or IDeclarationPatternOperation } pattern:
                return !isNull && IsField(pattern.Value, member);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } and:
                return isNull && (IsNullTest(and.LeftOperand, member, true) || IsNullTest(and.RightOperand, member, true));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } or:
                return !isNull && (IsNullTest(or.LeftOperand, member, false) || IsNullTest(or.RightOperand, member, false));
            default:
                return false;
        }
    }

    private static bool IsField(IOperation operation, ISymbol member) => Values.OwnMember(operation) is { } own && Values.Is(own, member);
}
