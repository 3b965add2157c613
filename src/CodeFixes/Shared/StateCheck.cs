using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>The question that a fix writes: which member tells the state of a connection, and what value means usable.</summary>
internal sealed class StateCheck
{
    /// <summary>The type of the runtime package whose extensions ask a socket for its peer.</summary>
    public const string Probes = "LivenessExtensions";

    private readonly string _member;
    private readonly string? _value;
    private readonly bool _usableWhen;

    private StateCheck(string member, string? value, bool usableWhen)
    {
        _member = member;
        _value = value;
        _usableWhen = usableWhen;
    }

    /// <summary>The check for a type, or null when nothing that the code can reach tells its state.</summary>
    /// <param name="type">The connection's type.</param>
    /// <param name="catalogue">What is known of connections.</param>
    /// <param name="model">The model of the file that is written to.</param>
    /// <param name="position">Where it is written.</param>
    /// <param name="allowWeak">A member that only knows the last operation is better than none.</param>
    public static StateCheck? For(ITypeSymbol? type, ConnectionCatalogue catalogue, SemanticModel model, int position, bool allowWeak)
    {
        if (type is null || catalogue.Find(type) is null) return null;
        StateCheck? weak = null;
        // `State` is what everybody asks a database's connection, though its provider knows more.
        foreach (var member in catalogue.MembersOf(type, Role.State).OrderBy(m => m is IPropertySymbol { Type.TypeKind: TypeKind.Enum, Name: not "State" } ? 1 : 0))
        {
            if (member is not IPropertySymbol { IsStatic: false, IsIndexer: false, GetMethod: not null } property || !model.IsAccessible(position, property)) continue;
            if (Make(property, catalogue, model, position) is not { } check) continue;
            if (!catalogue.Of(property, type).Weak) return check;
            weak ??= check;
        }

        return allowWeak ? weak : null;
    }

    /// <summary><c>IsAlive()</c> of the runtime package, where it is referenced and knows the type; its namespace has to be brought in.</summary>
    /// <param name="type">The connection's type.</param>
    /// <param name="model">The model of the file that is written to.</param>
    /// <param name="allowUnread">What has come in and was not read yet is no reason to refuse: it is sent on, not reused.</param>
    public static StateCheck? Probing(ITypeSymbol? type, SemanticModel model, bool allowUnread = false)
    {
        var probes = model.Compilation.GetTypesByMetadataName(RuntimeNamespace.Name + "." + Probes).FirstOrDefault();
        if (probes is null) return null;
        var known = probes.GetMembers("IsAlive").OfType<IMethodSymbol>().ToList();
        var probe = Bases.Of(type).Select(t => known.FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(m.Parameters.FirstOrDefault()?.Type, t))).FirstOrDefault(m => m is not null);
        return probe is null ? null : new(allowUnread && probe.Parameters.Length > 1 ? "IsAlive(allowUnreadData: true)" : "IsAlive()", null, true) { IsProbe = true };
    }

    /// <summary>It asks by a method of the runtime package.</summary>
    public bool IsProbe { get; private init; }

    private static StateCheck? Make(IPropertySymbol property, ConnectionCatalogue catalogue, SemanticModel model, int position)
    {
        if (property.Type.SpecialType == SpecialType.System_Boolean)
        {
            if (catalogue.IsUsable(property, true) == true) return new(property.Name, null, true);
            return catalogue.IsUsable(property, false) == true || catalogue.IsUsable(property, true) == false ? new(property.Name, null, false) : null;
        }

        if (property.Type.TypeKind != TypeKind.Enum) return null;
        foreach (var value in property.Type.GetMembers().OfType<IFieldSymbol>())
        {
            if (value.HasConstantValue && catalogue.IsUsable(property, value.ConstantValue) == true)
                return new(property.Name, property.Type.ToMinimalDisplayString(model, position) + "." + value.Name, true);
        }

        return null;
    }

    /// <summary>The connection may be used.</summary>
    public ExpressionSyntax Usable(string connection) => Parse(_value is null
        ? (_usableWhen ? "" : "!") + Member(connection)
        : Member(connection) + " == " + _value);

    public ExpressionSyntax NotUsable(string connection) => Parse(_value is null
        ? (_usableWhen ? "!" : "") + Member(connection)
        : Member(connection) + " != " + _value);

    /// <summary>It is there and may be used: null counts as unusable.</summary>
    public ExpressionSyntax ThereAndUsable(string connection) => Parse(IsProbe ? $"{connection} is not null && {Usable(connection)}" : connection + " is { " + Pattern + " }");

    /// <summary>The same, and it gets a name.</summary>
    public ExpressionSyntax ThereAndUsable(string connection, string variable) =>
        Parse(IsProbe ? $"{connection} is {{ }} {variable} && {Usable(variable)}" : $"{connection} is {{ {Pattern} }} {variable}");

    public ExpressionSyntax NotThereOrUnusable(string connection) => Parse(IsProbe ? $"{connection} is null || {NotUsable(connection)}" : connection + " is not { " + Pattern + " }");

    private string Pattern => _member + ": " + (_value ?? (_usableWhen ? "true" : "false"));

    private string Member(string connection) => connection is "" or "this" ? _member : connection + "." + _member;

    private static ExpressionSyntax Parse(string text) => SyntaxFactory.ParseExpression(text);
}
