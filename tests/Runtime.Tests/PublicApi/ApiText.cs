using System.Globalization;
using System.Reflection;
using System.Text;

namespace LifecycleAnalyzers.Runtime.Tests.PublicApi;

/// <summary>The public members of an assembly as sorted text, one a line.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext s_nullability = new();

    public static string Of(Assembly assembly)
    {
        var lines = new List<string>();
        foreach (var type in assembly.GetExportedTypes())
        {
            lines.Add(Header(type));
            var name = Name(type);
            if (type.IsEnum)
            {
                lines.AddRange(Enum.GetNames(type).Select(n => $"{name}.{n} = {Convert.ToInt64(Enum.Parse(type, n), CultureInfo.InvariantCulture)}"));
                continue;
            }

            lines.AddRange(type.GetConstructors(Declared).Where(IsVisible).Select(c => $"{name}.{Short(type)}({Parameters(c)})"));
            lines.AddRange(type.GetMethods(Declared).Where(m => IsVisible(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal))).Select(m => Method(name, m)));
            lines.AddRange(type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(IsVisible)).Select(p => Property(name, p)));
            lines.AddRange(type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly).Select(f => Field(name, f)));
            lines.AddRange(type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod!)).Select(e => $"{name}.{e.Name} event {Name(e.EventHandlerType!)}"));
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines) + "\n";
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface"
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : type.IsAbstract ? "abstract class" : "class";
        var bases = type.IsEnum ? [] : type.GetInterfaces().Select(i => Name(i)).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            bases.Insert(0, Name(parent));
        }

        var text = $"{Name(type)} {kind}{(bases.Count == 0 ? "" : " : " + string.Join(", ", bases))}{Constraints(type.GetGenericArguments())}";
        return type.GetCustomAttribute<AttributeUsageAttribute>(false) is { } usage
            ? $"{text} [{usage.ValidOn}{(usage.AllowMultiple ? ", multiple" : "")}{(usage.Inherited ? "" : ", not inherited")}]"
            : text;
    }

    private static string Method(string type, MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        var modifiers = (method.IsStatic ? "static " : "") + (method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");
        return $"{type}.{method.Name}{generic}({Parameters(method)}) -> {modifiers}{Name(method.ReturnType, s_nullability.Create(method.ReturnParameter))}"
            + (method.IsGenericMethod ? Constraints(method.GetGenericArguments()) : "");
    }

    private static string Property(string type, PropertyInfo property)
    {
        var any = property.GetAccessors(true)[0];
        var get = property.GetMethod is { } g && IsVisible(g) ? " get;" : "";
        var set = property.SetMethod is { } s && IsVisible(s) ? " set;" : "";
        return $"{type}.{property.Name} {{{get}{set} }} -> {(any.IsStatic ? "static " : "")}{Name(property.PropertyType, s_nullability.Create(property))}";
    }

    private static string Field(string type, FieldInfo field)
    {
        var kind = field.IsLiteral ? $"const = {field.GetRawConstantValue()} " : field.IsStatic ? "static " : "";
        return $"{type}.{field.Name} -> {kind}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType, s_nullability.Create(field))}";
    }

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute), false) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var kind = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : "";
        var value = !parameter.HasDefaultValue ? ""
            : parameter.DefaultValue is null ? (parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? " = default" : " = null")
            : parameter.DefaultValue is string text ? $" = \"{text}\""
            : " = " + Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture)!.Replace("True", "true", StringComparison.Ordinal).Replace("False", "false", StringComparison.Ordinal);
        return $"{kind}{Name(parameter.ParameterType, s_nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Constraints(Type[] arguments)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments.Where(a => a.IsGenericParameter))
        {
            var parts = new List<string>();
            if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            {
                parts.Add("class");
            }

            parts.AddRange(argument.GetGenericParameterConstraints().Select(c => Name(c)));
            if (parts.Count > 0)
            {
                text.Append(" where ").Append(argument.Name).Append(" : ").Append(string.Join(", ", parts));
            }
        }

        return text.ToString();
    }

    // Of a parameter that may be anything, reflection always says that it may be null.
    private static bool IsUnconstrained(Type type) =>
        type.IsGenericParameter && !type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);

    private static string Short(Type type) => type.Name.Split('`')[0];

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        var mark = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } && !type.IsValueType && !IsUnconstrained(type) ? "?" : "";
        if (type.IsArray)
        {
            return Name(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (!type.IsGenericType)
        {
            return Keyword(type) + mark;
        }

        var arguments = type.GetGenericArguments();
        var parts = arguments.Select((a, i) => Name(a, nullability is { } n && i < n.GenericTypeArguments.Length ? n.GenericTypeArguments[i] : null));
        return $"{Short(type)}<{string.Join(", ", parts)}>{mark}";
    }

    private static string Keyword(Type type) => type.FullName switch
    {
        "System.Void" => "void",
        "System.Boolean" => "bool",
        "System.Byte" => "byte",
        "System.Int32" => "int",
        "System.Object" => "object",
        "System.String" => "string",
        _ => type is { IsNested: true, IsGenericParameter: false } ? Keyword(type.DeclaringType!) + "." + type.Name : type.Name,
    };
}
