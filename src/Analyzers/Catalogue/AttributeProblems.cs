using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>Attributes of the runtime package that say what cannot be, and therefore say nothing.</summary>
internal static class AttributeProblems
{
    /// <summary>The attributes of a file that have no effect, each with the reason.</summary>
    public static IEnumerable<(AttributeSyntax Attribute, string Reason)> In(SemanticModel model, CancellationToken cancellation)
    {
        foreach (var node in model.SyntaxTree.GetRoot(cancellation).DescendantNodes(n => n is not (BlockSyntax or ExpressionSyntax)))
        {
            if (node is not AttributeSyntax { Parent: AttributeListSyntax { Parent: { } declaration } } attribute || !AttributeReader.IsNamed(attribute)) continue;
            // Several fields may stand in one declaration: they have one type.
            if (declaration is BaseFieldDeclarationSyntax { Declaration.Variables: [var first, ..] }) declaration = first;
            if (model.GetDeclaredSymbol(declaration, cancellation) is not { } symbol) continue;
            if (symbol.GetAttributes().FirstOrDefault(a => a.ApplicationSyntaxReference is { } at && at.Span == attribute.Span && at.SyntaxTree == attribute.SyntaxTree) is { } data
                && Reason(symbol, data) is { } reason) yield return (attribute, reason);
        }
    }

    private static string? Reason(ISymbol symbol, AttributeData attribute) => (AttributeReader.Name(attribute), symbol) switch
    {
        ("ConnectionAttribute", INamedTypeSymbol type) when type.GetAttributes().Any(a => AttributeReader.Name(a) == "NotAConnectionAttribute") =>
            $"'{type.Name}' is said to be a connection and to be none",
        ("ConnectionStateAttribute", IMethodSymbol { Parameters.IsEmpty: false } method) => $"'{method.Name}' takes parameters, and a state is asked without",
        ("ConnectionStateAttribute", IMethodSymbol method) when StateValues.TypeOf(method) is not { } type || IsNothing(type) => $"'{method.Name}' answers nothing",
        ("ConnectionStateAttribute", _) when StateValues.TypeOf(symbol) is { } type => AttributeReader.Values(attribute).Select(v => Mismatch(v, type)).FirstOrDefault(r => r is not null),
        ("ErrorEventAttribute", IPropertySymbol { Type: { TypeKind: not TypeKind.Delegate } type } property) when type.TypeKind != TypeKind.Error => $"'{property.Name}' is no event, and no delegate can be put into it",
        ("ConnectionCallbackAttribute", IParameterSymbol { Type.TypeKind: not (TypeKind.Delegate or TypeKind.TypeParameter or TypeKind.Error) } parameter) => $"'{parameter.Name}' takes no delegate",
        ("TakesOwnershipAttribute", IMethodSymbol { Parameters.IsEmpty: true } method) => $"'{method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}' is given nothing",
        _ => null,
    };

    private static bool IsNothing(ITypeSymbol type) => type.SpecialType == SpecialType.System_Void || type is INamedTypeSymbol { Name: "Task" or "ValueTask", Arity: 0 };

    /// <summary>A value that a state of this type never has.</summary>
    private static string? Mismatch(TypedConstant value, ITypeSymbol type)
    {
        type = StateValues.WithoutNull(type);
        if (type.TypeKind is TypeKind.Error or TypeKind.TypeParameter || type.SpecialType == SpecialType.System_Object || value.Kind == TypedConstantKind.Error) return null;
        if (value.IsNull || value.Kind is TypedConstantKind.Type or TypedConstantKind.Array) return $"{value.ToCSharpString()} is no value of a state";
        if (SymbolEqualityComparer.Default.Equals(value.Type, type)) return null;
        // The value's name or its text, as a line of a catalogue has it.
        if (value.Value is string text)
        {
            if (type.TypeKind == TypeKind.Enum && type.GetMembers(text).IsEmpty) return $"'{text}' is no value of '{type.Name}'";
            if (type.SpecialType == SpecialType.System_Boolean && text is not ("true" or "false")) return $"'{text}' is neither true nor false";
            return null;
        }

        return IsNumber(value.Type) && (IsNumber(type) || type.TypeKind == TypeKind.Enum) ? null : $"{value.ToCSharpString()} is no value of '{type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}'";
    }

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
}
