using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>How what a pool holds is asked whether it is alive, and how a dead one is ended: a connection, or a record that has one.</summary>
internal sealed class PooledQuestion
{
    private const string Value = "\u0001";
    private readonly StateCheck _state;
    private readonly string _ending;
    private readonly string _member;

    private PooledQuestion(StateCheck state, string ending, string member, string type, bool isReference) => (_state, _ending, _member, NullableType, IsReference) = (state, ending, member, type, isReference);

    public bool IsProbe => _state.IsProbe;

    public bool IsReference { get; }

    /// <summary>The connection is a member of what the pool holds.</summary>
    public bool IsWrapped => _member.Length > 0;

    public string NullableType { get; }

    public static PooledQuestion? Of(ExpressionSyntax taking, ConnectionCatalogue catalogue, SemanticModel model)
    {
        if (Item(taking, model) is not { } item || Connection(item, catalogue) is not var (connection, member)) return null;
        if ((Lines.Ending(Value, item, model, taking) ?? Lines.Ending(Value + member, connection, model, taking)) is not { } ending) return null;
        if ((StateCheck.Probing(connection, model) ?? StateCheck.For(connection, catalogue, model, taking.SpanStart, allowWeak: false)) is not { } state) return null;
        var name = item.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToMinimalDisplayString(model, taking.SpanStart);
        var isAnnotated = item.IsReferenceType && model.GetNullableContext(taking.SpanStart).AnnotationsEnabled();
        return new PooledQuestion(state, ending, member, isAnnotated ? name + "?" : name, item.IsReferenceType);
    }

    /// <summary>What the pool holds.</summary>
    private static ITypeSymbol? Item(ExpressionSyntax taking, SemanticModel model) => model.GetSymbolInfo(taking).Symbol switch
    {
        IMethodSymbol { Name: "Exchange", TypeArguments: [var exchanged] } => exchanged,
        { ContainingType.TypeArguments: [var type, ..] } => type,
        _ => null,
    };

    /// <summary>The connection itself, or the only one that a record or tuple has.</summary>
    private static (ITypeSymbol Type, string Member)? Connection(ITypeSymbol item, ConnectionCatalogue catalogue)
    {
        if (catalogue.Find(item) is not null) return (item, "");
        var held = item.GetMembers()
            .Where(m => m is { IsStatic: false, IsImplicitlyDeclared: false, DeclaredAccessibility: Accessibility.Public or Accessibility.Internal })
            .Select(m => (Type: m switch { IPropertySymbol { IsIndexer: false } property => property.Type, IFieldSymbol field => field.Type, _ => null }, m.Name))
            .Where(m => m.Type is not null && catalogue.Find(m.Type) is not null).ToList();
        if (item is INamedTypeSymbol { IsTupleType: true } tuple) held = [.. tuple.TupleElements.Where(e => catalogue.Find(e.Type) is not null).Select(e => ((ITypeSymbol?)e.Type, e.Name))];
        return held is [var (type, name)] ? (type!, "." + name) : null;
    }

    public string IsAlive(string variable) => _state.Usable(variable + _member).ToString();

    public string IsDead(string variable) => _state.NotUsable(variable + _member).ToString();

    public string IsMissingOrDead(string variable) => _state.NotThereOrUnusable(variable).ToString();

    public string Discard(string variable) => _ending.Replace(Value, variable);

    public string? DiscardIfAny(string variable, ITypeSymbol type, SemanticModel model, SyntaxNode at) => IsWrapped ? null : Lines.EndingIfAny(variable, type, model, at);

    /// <summary>A loop over what is taken, by its condition or its first statement, that answers with the first that is alive.</summary>
    public string FirstAlive(ExpressionSyntax condition, string variable, string answer, string taking = "") =>
        $"while ({condition.WithoutTrivia()})\n{{\n{taking}if ({IsAlive(variable)}) {answer}\n{Discard(variable)}\n}}";

    /// <summary>A loop that fills a variable, as long as it can be filled, until what is in it is alive.</summary>
    public string UntilAlive(string isFilled, string variable, string taking) =>
        $"while ({variable} is null && {isFilled})\n{{\n{taking}\nif ({IsAlive(variable)}) break;\n{Discard(variable)}\n{variable} = null;\n}}";

    public string OrNext(string variable) => $"if ({IsDead(variable)})\n{{\n{Discard(variable)}\ncontinue;\n}}";
}
