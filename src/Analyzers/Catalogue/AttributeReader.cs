using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// The runtime package's attributes on the user's own types. They are known by namespace and name, so that a project may declare
/// them itself.
/// </summary>
internal static class AttributeReader
{
    private const string Prefix = "LifecycleAnalyzers.Runtime.";

    public static readonly ImmutableArray<string> Names =
    [
        "ConnectionAttribute", "NotAConnectionAttribute", "OpensAttribute", "SendsAttribute", "ClosesAttribute", "ConnectionStateAttribute", "ErrorEventAttribute",
        "ConnectionCallbackAttribute", "CreatesFreshAttribute", "EnsuresOpenAttribute", "TakesOwnershipAttribute",
    ];

    /// <summary>
    /// Where nobody declares them, no symbol has to be asked for its attributes. A reference has all of them; only a project's own
    /// copy may have some.
    /// </summary>
    public static bool AreKnown(KnownTypes types, IAssemblySymbol own) =>
        types.Exists(Prefix + Names[0]) || Names.Any(name => own.GetTypeByMetadataName(Prefix + name) is not null);

    /// <summary>What the type's own attributes say: a connection with traits, none, or nothing.</summary>
    public static (bool Says, bool IsConnection, Traits Traits) OfType(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            switch (Name(attribute))
            {
                case "NotAConnectionAttribute":
                    return (true, false, Traits.None);
                case "ConnectionAttribute":
                    var traits = Traits.None;
                    if (IsSet(attribute, "SingleWriter")) traits |= Traits.SingleWriter;
                    if (IsSet(attribute, "Reconnects")) traits |= Traits.Reconnects;
                    return (true, true, traits);
            }
        }

        return default;
    }

    public static MemberFacts OfMember(ISymbol member)
    {
        var roles = Role.None;
        var usable = ImmutableArray<string>.Empty;
        foreach (var attribute in member.GetAttributes())
        {
            switch (Name(attribute))
            {
                case "OpensAttribute":
                    roles |= Role.Open;
                    break;
                case "SendsAttribute":
                    roles |= Role.Send;
                    break;
                case "ClosesAttribute":
                    roles |= Role.Close;
                    break;
                case "ConnectionStateAttribute":
                    roles |= Role.State;
                    usable = Usable(attribute);
                    break;
                case "ErrorEventAttribute":
                    roles |= Role.Error;
                    break;
                case "ConnectionCallbackAttribute":
                    roles |= Role.Callback;
                    break;
                case "CreatesFreshAttribute":
                    // Without a result it has put the fresh connection into place itself.
                    roles |= member is IMethodSymbol method && Returns(method) ? Role.Create : Role.Open | Role.Ensures;
                    break;
                case "EnsuresOpenAttribute":
                    roles |= Role.Ensures;
                    break;
            }
        }

        if (member is IMethodSymbol { Parameters: var parameters } && parameters.Any(p => OfParameter(p).Roles != Role.None)) roles |= Role.Registers;
        return roles == Role.None ? MemberFacts.None : new MemberFacts(roles) { Usable = usable };
    }

    public static MemberFacts OfParameter(IParameterSymbol parameter) =>
        parameter.GetAttributes().Any(a => Name(a) == "ConnectionCallbackAttribute") ? new MemberFacts(Role.Callback) : MemberFacts.None;

    /// <summary>The parameter, or its method as a whole, is said to take over what it is given.</summary>
    public static bool TakesOver(IParameterSymbol parameter) =>
        parameter.GetAttributes().Any(IsTaking) || parameter.ContainingSymbol is IMethodSymbol method && method.GetAttributes().Any(IsTaking);

    private static bool IsTaking(AttributeData attribute) => Name(attribute) == "TakesOwnershipAttribute";

    private static bool Returns(IMethodSymbol method) =>
        StateValues.Unwrapped(method.ReturnType) is { SpecialType: not (SpecialType.System_Void or SpecialType.System_Boolean), Name: not ("Task" or "ValueTask") };

    /// <summary>By its last word alone: what it is bound to is asked of those that are left.</summary>
    public static bool IsNamed(AttributeSyntax attribute)
    {
        var name = (attribute.Name as QualifiedNameSyntax)?.Right ?? (attribute.Name as AliasQualifiedNameSyntax)?.Name ?? attribute.Name as SimpleNameSyntax;
        return name is not null && Names.Any(n => n == name.Identifier.ValueText || n == name.Identifier.ValueText + "Attribute");
    }

    public static string? Name(AttributeData attribute) =>
        attribute.AttributeClass is { ContainingNamespace: { Name: "Runtime", ContainingNamespace: { Name: "LifecycleAnalyzers", ContainingNamespace.IsGlobalNamespace: true } } } type
            ? type.Name
            : null;

    private static bool IsSet(AttributeData attribute, string property) =>
        attribute.NamedArguments.Any(argument => argument.Key == property && argument.Value is { Kind: TypedConstantKind.Primitive, Value: true });

    /// <summary>What a state attribute lists; an array that the compiler wraps around it makes no difference.</summary>
    public static IEnumerable<TypedConstant> Values(AttributeData attribute) =>
        attribute.ConstructorArguments.SelectMany(a => a.Kind != TypedConstantKind.Array ? [a] : a.IsNull ? [] : a.Values.AsEnumerable());

    private static ImmutableArray<string> Usable(AttributeData attribute) => Values(attribute).Select(Text).OfType<string>().ToImmutableArray();

    private static string? Text(TypedConstant value)
    {
        if (value.Kind is not (TypedConstantKind.Primitive or TypedConstantKind.Enum) || value.Value is null) return null;
        var name = value.Kind == TypedConstantKind.Enum
            ? value.Type?.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value.Value))?.Name
            : null;
        return name ?? StateValues.Text(value.Value);
    }
}
