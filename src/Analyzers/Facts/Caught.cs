using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Does an exception that is thrown at an operation leave its function?</summary>
internal static class Caught
{
    /// <summary>One of these is stopped: each of them stands for all that the call throws.</summary>
    public static bool Any(IOperation at, ImmutableArray<INamedTypeSymbol> thrown, bool orAnyOther = false)
    {
        foreach (var clause in Clauses(at, thrown, orAnyOther))
        {
            if (!Rethrows(clause)) return true;
        }

        return false;
    }

    /// <summary>
    /// One of these is stopped when the connection is being closed: <c>catch (ObjectDisposedException) { if (_closing) return; throw; }</c>
    /// throws what its author does not expect.
    /// </summary>
    public static bool WhenClosing(IOperation at, ImmutableArray<INamedTypeSymbol> endings)
    {
        foreach (var clause in Clauses(at, endings))
        {
            if (!Rethrows(clause) || clause.Handler.Descendants().Any(o => o is IReturnOperation or IBranchOperation && !IsInFunction(o, clause))) return true;
        }

        return false;

        static bool IsInFunction(IOperation operation, IOperation within)
        {
            for (var parent = operation.Parent; parent is not null && parent != within; parent = parent.Parent)
            {
                if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation) return true;
            }

            return false;
        }
    }

    /// <summary>The clauses that get hold of one of these, innermost first; of one <c>try</c> only the first that takes it.</summary>
    public static IEnumerable<ICatchClauseOperation> Clauses(IOperation at, ImmutableArray<INamedTypeSymbol> thrown, bool orAnyOther = false)
    {
        for (var operation = at; operation.Parent is { } parent && operation is not (IAnonymousFunctionOperation or ILocalFunctionOperation); operation = parent)
        {
            if (parent is not ITryOperation attempt || attempt.Body != operation) continue;
            foreach (var type in thrown)
            {
                if (attempt.Catches.FirstOrDefault(c => Takes(c, type)) is { } taken) yield return taken;
            }

            if (orAnyOther && attempt.Catches.FirstOrDefault(TakesALibrarys) is { } other) yield return other;
        }
    }

    /// <summary>The clause catches this type; a filter that says nothing of types is believed.</summary>
    private static bool Takes(ICatchClauseOperation clause, INamedTypeSymbol thrown)
    {
        // What derives from a class that is missing here is an exception all the same.
        if (!Bases.IsException(clause.ExceptionType) && clause.ExceptionType is INamedTypeSymbol { SpecialType: not SpecialType.System_Object } caught && !Bases.Include(thrown, caught)) return false;
        return clause.Filter is null || Holds(clause.Filter, thrown) != false;
    }

    /// <summary>A library's own exception: what a client throws that nobody has described.</summary>
    private static bool TakesALibrarys(ICatchClauseOperation clause)
    {
        if (clause.ExceptionType is not INamedTypeSymbol caught) return false;
        var space = caught.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false }) space = space.ContainingNamespace;
        return space?.Name != "System";
    }

    /// <summary>The clause ends in throwing again.</summary>
    public static bool Rethrows(ICatchClauseOperation clause) => clause.Syntax is CatchClauseSyntax written && TryBlocks.Rethrows(written);

    /// <summary>Does a filter let an exception of this type in? Null where it decides by something else.</summary>
    private static bool? Holds(IOperation condition, INamedTypeSymbol thrown)
    {
        switch (condition)
        {
            case IParenthesizedOperation parenthesized:
                return Holds(parenthesized.Operand, thrown);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return !Holds(not.Operand, thrown);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.Or } or:
                return Either(Holds(or.LeftOperand, thrown), Holds(or.RightOperand, thrown));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.And } and:
                return Both(Holds(and.LeftOperand, thrown), Holds(and.RightOperand, thrown));
            case IIsTypeOperation { ValueOperand: ILocalReferenceOperation } isType:
                return Is(thrown, isType.TypeOperand) is { } known ? known != isType.IsNegated : null;
            case IIsPatternOperation { Value: ILocalReferenceOperation } isPattern:
                return Matches(isPattern.Pattern, thrown);
            case IInvocationOperation { TargetMethod: var asked } when OnlyNotes(asked):
                return false;
            // One code of many is no answer to the others.
            case IBinaryOperation or IIsPatternOperation when condition.ChildOperations.Any(IsCode):
                return false;
            default:
                return condition.ConstantValue is { HasValue: true, Value: bool constant } ? constant : null;
        }
    }

    /// <summary>A filter that writes down what passes by and lets nothing in: <c>catch (Exception e) when (Log(e))</c>, whose every answer is <c>false</c>.</summary>
    public static bool OnlyNotes(IMethodSymbol filter)
    {
        if (filter.IsVirtual || filter.IsOverride) return false;
        var answers = filter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
        {
            MethodDeclarationSyntax { ExpressionBody: { } arrow } => [arrow.Expression],
            LocalFunctionStatementSyntax { ExpressionBody: { } arrow } => [arrow.Expression],
            { } code => code.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax && (n == code || n is not LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>().Select(r => r.Expression).ToList(),
            null => [],
        };
        return answers.Count > 0 && answers.All(a => a.IsKind(SyntaxKind.FalseLiteralExpression));
    }

    private static bool IsCode(IOperation operation) => IoCalls.Unwrapped(operation) is IPropertyReferenceOperation { Property.Name: "SocketErrorCode" or "ErrorCode" or "NativeErrorCode" or "WebSocketErrorCode" or "HResult", Instance: ILocalReferenceOperation };

    private static bool? Matches(IPatternOperation pattern, INamedTypeSymbol thrown) => pattern switch
    {
        ITypePatternOperation type => Is(thrown, type.MatchedType),
        IDeclarationPatternOperation declaration => Is(thrown, declaration.MatchedType),
        IRecursivePatternOperation recursive => Is(thrown, recursive.MatchedType) == false ? false : null,
        INegatedPatternOperation negated => !Matches(negated.Pattern, thrown),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } or => Either(Matches(or.LeftPattern, thrown), Matches(or.RightPattern, thrown)),
        IBinaryPatternOperation and => Both(Matches(and.LeftPattern, thrown), Matches(and.RightPattern, thrown)),
        IDiscardPatternOperation => true,
        _ => null,
    };

    private static bool? Is(INamedTypeSymbol thrown, ITypeSymbol? type) =>
        type is null ? null : Bases.Include(thrown, type) ? true : Bases.Include(type, thrown) ? null : false;

    private static bool? Either(bool? left, bool? right) => left == true || right == true ? true : left == false && right == false ? false : null;

    private static bool? Both(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;
}
