using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>The dead ones are thrown out before one is looked up: what is known of all that are left is known of each.</summary>
internal sealed partial class Interpreter
{
    /// <summary><c>_all.RemoveAll(c => c.IsClosed)</c></summary>
    private void Sweep(Place container, IMethodSymbol removed, SyntaxNode site)
    {
        if (_state is null || removed.Parameters is not [var parameter]) return;
        Answered(removed, Value.Of(Any(container, parameter.Type)), site, isTrue: false);
    }

    /// <summary><c>var i = _all.FindIndex(c => c.IsOpen); … _all[i].Send()</c></summary>
    private void Find(Place container, IMethodSymbol asked, SyntaxNode site)
    {
        var index = site.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => variable.Identifier.ValueText,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax variable } => variable.Identifier.ValueText,
            _ => null,
        };
        if (index is null || _state is null) return;
        var element = Place.Element(container, index);
        _state = _state.Bear(element);
        Answered(asked, Value.Of(element), site, isTrue: true);
    }

    /// <summary>The element that stands for all; of a dictionary's pairs, the pair whose value it is.</summary>
    private Place Any(Place container, ITypeSymbol element)
    {
        var any = Place.Element(container, Place.AnyKey);
        if (!_state!.Marks.ContainsKey(any)) _state = _state.Bear(any);
        if (element is not INamedTypeSymbol { Name: "KeyValuePair" } || Parts.Of(element, 1, 2) is not { } value) return any;
        var pair = Place.BornAt(_body.Syntax, BornKind.Iterated, container);
        _state = _state.Write(pair.Step(value)!, Value.Of(any));
        return pair;
    }

    /// <summary>What holds of every element of the container holds of this one.</summary>
    /// <param name="element">The one.</param>
    /// <param name="container">What all of them are in.</param>
    /// <param name="forgiven">What may have happened since: those who are to be gone through are sorted out under a lock, and spoken to outside of it.</param>
    private Value LikeAll(Value element, Place? container, Gaps forgiven = Gaps.None)
    {
        if (_state is null || container is null || element.Places.FirstOrDefault() is not { } one) return element;
        var any = Place.Element(container, Place.AnyKey);
        if (!_state.Marks.ContainsKey(any)) return element;
        _state = _state.Know(Moved(_state.Facts, any, one).Select((fact, constraint) => (true, constraint.WithoutGaps(forgiven))));
        return element;
    }

    /// <summary>Where this condition is false a loop is over, which may have thrown the dead ones out.</summary>
    private FlowState Swept(IOperation condition, FlowState after)
    {
        if (condition.Syntax is ExpressionSyntax { Parent: ForStatementSyntax counting } asked && counting.Condition == asked) return Learning(after, () => Learn(counting));
        return condition.WithoutAwait() is IInvocationOperation { TargetMethod.Name: "MoveNext", Instance: { } enumerator }
            && condition.Syntax.FirstAncestorOrSelf<CommonForEachStatementSyntax>() is { } loop && loop.Expression.Span.Contains(condition.Syntax.Span)
            && Eval(enumerator).Places.FirstOrDefault() is { From: { } collection } ? Learning(after, () => Learn(loop, collection)) : after;
    }

    /// <summary>What is found out beside the way of control: nothing of it happens.</summary>
    private FlowState Learning(FlowState state, Action learn)
    {
        var (before, log) = (_state, Log);
        (_state, Log) = (state, null);
        learn();
        (state, _state, Log) = (_state ?? state, before, log);
        return state;
    }

    /// <summary><c>for (var i = _all.Count - 1; i >= 0; i--) if (_all[i].IsClosed) _all.RemoveAt(i);</c></summary>
    private void Learn(ForStatementSyntax loop)
    {
        foreach (var question in Statements(loop.Statement).OfType<IfStatementSyntax>())
        {
            if (question.Else is not null || Removals(question.Statement).FirstOrDefault(r => r.Removal == "RemoveAt") is not { On: { } on, Key: { } index }) continue;
            var model = _analysis.Bodies.ModelOf(loop.SyntaxTree);
            if (model.GetOperation(on, _cancellation) is not { } list || Eval(list).Places.FirstOrDefault() is not { } container) continue;
            if (model.GetOperation(question.Condition, _cancellation) is not { } asked || _state is not { } plain || EvalCondition(asked).WhenFalse is not { } left) continue;
            var counted = Place.Element(container, index);
            _state = plain;
            var any = Any(container, asked.Type!);
            _state = _state.Know(Moved(left, counted, any));
        }
    }

    /// <summary><c>foreach (var dead in _all.Where(c => c.IsClosed).ToList()) _all.Remove(dead);</c>, or with the question in the loop.</summary>
    private void Learn(CommonForEachStatementSyntax loop, Place container)
    {
        var filters = new List<(IMethodSymbol Asked, SyntaxNode Site)>();
        for (; container.Root == RootKind.Born && container.From is { } from; container = from)
        {
            if (container.Site is SyntaxNode site && _filters.TryGetValue(site, out var filter)) filters.Add((filter, site));
        }

        // The values of a dictionary are those of its pairs.
        if (container is { Symbol: IPropertySymbol { Name: "Values" or "Keys" }, Parent: { } dictionary }) container = dictionary;
        if (container.Symbol is not { Name: var name } || filters.Count > 1 || !_analysis.Connections.Matters(container.Type)) return;
        var statements = Statements(loop.Statement).ToList();
        foreach (var statement in statements)
        {
            if (statement is not IfStatementSyntax { Else: null } question)
            {
                if (filters is [var (asked, at)] && Removes(statement, name)) Sweep(container, asked, at);
            }
            else if (filters.Count == 0)
            {
                if (Removes(question.Statement, name)) Learn(question.Condition, loop, container, whenRemoved: true);
                else if (question.Statement.Leaves() && statements.Any(s => s.SpanStart > question.SpanStart && Removes(s, name))) Learn(question.Condition, loop, container, whenRemoved: false);
            }
        }
    }

    /// <summary>What is known of one element, said of another.</summary>
    private static FactMap Moved(FactMap facts, Place from, Place to)
    {
        var moved = FactMap.Empty;
        foreach (var fact in facts)
        {
            if (from.IsPrefixOf(fact.Key) && fact.Key.Rebase(to) is { } place) moved = moved.Set(place, fact.Value);
        }

        return moved;
    }

    // As arms of one conditional expression both would be a new list, whose statements stand in no tree.
    private static IEnumerable<StatementSyntax> Statements(StatementSyntax body)
    {
        if (body is BlockSyntax block) return block.Statements;
        return [body];
    }

    /// <summary>Of what the loop has not removed, the question in it has the other answer.</summary>
    private void Learn(ExpressionSyntax question, CommonForEachStatementSyntax loop, Place container, bool whenRemoved)
    {
        var model = _analysis.Bodies.ModelOf(loop.SyntaxTree);
        if (_state is not { } plain || model.GetOperation(question, _cancellation) is not { } asked || model.GetForEachStatementInfo(loop).ElementType is not { } type) return;
        var element = Any(container, type);
        foreach (var (variable, value) in Variables(loop, type, element, model)) _state = _state!.With(env: _state.Env.Set(Place.Local(variable), value));
        var answer = EvalCondition(asked);
        _state = plain.Mark(Place.Element(container, Place.AnyKey), Marks.None).Know(whenRemoved ? answer.WhenFalse : answer.WhenTrue);
    }

    private IEnumerable<(ISymbol Variable, Value Value)> Variables(CommonForEachStatementSyntax loop, ITypeSymbol type, Place element, SemanticModel model)
    {
        if (loop is ForEachStatementSyntax simple)
        {
            if (model.GetDeclaredSymbol(simple, _cancellation) is { } variable) yield return (variable, Value.Of(element));
            yield break;
        }

        if (loop is not ForEachVariableStatementSyntax { Variable: DeclarationExpressionSyntax { Designation: ParenthesizedVariableDesignationSyntax { Variables: var parts } } }) yield break;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is SingleVariableDesignationSyntax single && model.GetDeclaredSymbol(single, _cancellation) is { } part && Parts.Of(type, i, parts.Count) is { } member) yield return (part, ReadMember(Value.Of(element), member));
        }
    }

    /// <summary>The statement takes something out of the container, or calls a member of the type that does.</summary>
    private bool Removes(StatementSyntax statement, string container) =>
        Removals(statement).Any(r => r.On.LastWord() == container)
        || statement.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => call.Expression.OwnName() is { } helper && _body.Type is { } type
            && _analysis.Holders.CodeOf(type).Any(m => m.Declaration is MethodDeclarationSyntax method && method.Identifier.ValueText == helper && Removals(method).Any(r => r.On.LastWord() == container)));

    private static IEnumerable<(ExpressionSyntax On, string Removal, string? Key)> Removals(SyntaxNode code)
    {
        foreach (var call in code.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
        {
            if (call is { Expression: MemberAccessExpressionSyntax { Expression: var on, Name.Identifier.ValueText: "Remove" or "TryRemove" or "RemoveAt" }, ArgumentList.Arguments: [var key, ..] })
                yield return (on, ((MemberAccessExpressionSyntax)call.Expression).Name.Identifier.ValueText, Containers.Key(key.Expression));
        }
    }
}
