using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// Lines of the user's that name a member which their type does not have: a typing error. A line for a type that is not
/// referenced is none: one file may serve several projects.
/// </summary>
internal static class UnknownMembers
{
    public static IEnumerable<CatalogueProblem> In(CatalogueFile file, KnownTypes types)
    {
        foreach (var entry in file.Entries)
        {
            if (entry.Id.Kind == 'T') continue;
            var candidates = types.FindAll(entry.Id.Type);
            if (candidates.IsEmpty || candidates.Any(type => Has(type, entry))) continue;
            var lines = entry.Line.Text!.Lines.GetLinePositionSpan(entry.Line.Span);
            yield return new CatalogueProblem(entry.Line.Span, lines, $"'{entry.Id.Type}' has no {Kind(entry.Id.Kind)} '{Name(entry.Id)}'");
        }
    }

    private static bool Has(INamedTypeSymbol type, CatalogueEntry entry)
    {
        var lines = new TypeLines();
        lines.Add(entry);
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.GetMembers().Any(member => !lines.For(member).IsEmpty)) return true;
            if (entry.Id.Member == ".ctor") return false;
        }

        return type.AllInterfaces.Any(implemented => implemented.GetMembers().Any(member => !lines.For(member).IsEmpty));
    }

    private static string Name(DocumentationId id) =>
        DocumentationId.Short((id.Member == ".ctor" ? "#ctor" : id.Member) + (id.Arity > 0 ? "``" + id.Arity : "") + (id.IsPrefix ? "*" : "") + id.Parameters);

    private static string Kind(char kind) => kind switch
    {
        'M' => "method",
        'P' => "property",
        'E' => "event",
        _ => "field",
    };
}
