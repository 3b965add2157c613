using LifecycleAnalyzers.Flow;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>The engine's abstract values as short, sorted texts: <c>_c.State!=Closed|Faulted @Await</c>.</summary>
internal static class Text
{
    public static string Facts(FlowState state) =>
        string.Join(", ", state.Facts.Where(f => !IsLowering(f.Key)).Select(f => Place(f.Key) + Constraint(f.Key, f.Value)).Order(StringComparer.Ordinal));

    /// <summary>What the compiler's lowering asks: does the enumerator move, was the lock taken, is the resource null.</summary>
    private static bool IsLowering(Place place) =>
        place is { IsRoot: true, Root: RootKind.Born } && (place.Born is BornKind.Iterated or BornKind.Reloaded || place.From is not { RootPlace.Root: not (RootKind.Born or RootKind.Static) });

    public static string Marks(Marks marks) =>
        string.Join(", ", Enum.GetValues<Marks>().Where(m => m is not (LifecycleAnalyzers.Flow.Marks.None or LifecycleAnalyzers.Flow.Marks.OnEveryWay) && (marks & m) != 0));

    public static string Value(Value value) => string.Join(" or ", value.Atoms.Select(Atom).Order(StringComparer.Ordinal));

    public static string Place(Place place)
    {
        if (place.Parent is { } parent)
        {
            var owner = Place(parent);
            return (owner is "this" or "static" ? "" : owner + ".") + place.Symbol!.Name;
        }

        return place.Root switch
        {
            RootKind.This => "this",
            RootKind.Static => "static",
            RootKind.Born => place.Born.ToString().ToLowerInvariant() + (place.From is { } from && from.RootPlace.Root != RootKind.Born && !from.Equals(LifecycleAnalyzers.Flow.Place.Static) ? "(" + Place(from) + ")" : ""),
            RootKind.Capture => "capture",
            _ => place.Symbol!.Name,
        };
    }

    private static string Constraint(Place place, Constraint constraint) =>
        (constraint.Includes ? "=" : "!=") + string.Join("|", constraint.Values.Select(v => Constant(place, v)).Order(StringComparer.Ordinal))
        + (constraint.Gaps == Gaps.None ? "" : " @" + constraint.Gaps) + (constraint.ByThrow ? " !" : "");

    private static string Constant(Place place, object? value)
    {
        var type = place.Symbol switch
        {
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            IMethodSymbol method => method.ReturnType,
            IParameterSymbol parameter => parameter.Type,
            ILocalSymbol local => local.Type,
            _ => null,
        };
        if (type?.TypeKind == TypeKind.Enum)
        {
            foreach (var member in type.GetMembers().OfType<IFieldSymbol>())
            {
                if (member.HasConstantValue && Equals(Constants.Normalize(member.ConstantValue), value)) return member.Name;
            }
        }

        return value switch { null => "null", true => "true", false => "false", _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)! };
    }

    private static string Atom(Atom atom) => atom switch
    {
        LifecycleAnalyzers.Flow.Atom.Of of => Place(of.Place) + (of.Gaps == Gaps.None ? "" : " @" + of.Gaps),
        LifecycleAnalyzers.Flow.Atom.Constant constant => constant.Value?.ToString()?.ToLowerInvariant() ?? "null",
        LifecycleAnalyzers.Flow.Atom.Condition => "condition",
        LifecycleAnalyzers.Flow.Atom.Function function => (function.Target is { } target ? Place(target) + "." : "") + (function.Method.Name.Length == 0 ? "lambda" : function.Method.Name) + "()",
        _ => "?",
    };
}
