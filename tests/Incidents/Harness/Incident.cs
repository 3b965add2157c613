using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace LifecycleAnalyzers.Incidents;

/// <summary>A place in a program where a diagnostic is due, by its mark <c>//! LCA…</c>; lines count from 1.</summary>
public sealed record Mark(string File, int Line, string Id);

/// <summary>One incident: a program that fails, with the lines marked that an analyzer should find.</summary>
public sealed partial record Incident(string Name, string Title, ImmutableArray<SourceFile> Sources)
{
    private static readonly (string Name, string Title)[] _known =
    [
        ("Drain", "A drain event reaches Send after the stream began to close"),
        ("CachedSession", "A cached session is asked for a request after its transport was cut"),
        ("Proxy", "A proxy attaches the error handler after its upstream connection already failed"),
    ];

    public static ImmutableArray<string> Names { get; } = [.. _known.Select(incident => incident.Name)];

    /// <summary>The marks of all files, in file and line order.</summary>
    public ImmutableArray<Mark> Marks =>
    [
        .. from source in Sources
           from line in source.Text.Split('\n').Select((text, index) => (text, number: index + 1))
           from Match mark in MarkPattern().Matches(line.text)
           select new Mark(source.Name, line.number, mark.Groups[1].Value),
    ];

    /// <summary>Reads an incident's program from beside the running program.</summary>
    /// <exception cref="ArgumentException">There is no such incident.</exception>
    public static Incident Load(string name)
    {
        var title = _known.SingleOrDefault(incident => incident.Name == name).Title
            ?? throw new ArgumentException($"There is no incident '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        var folder = Path.Combine(AppContext.BaseDirectory, "Incidents", name);
        var files = Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal);
        return new Incident(name, title, [.. files.Select(file => new SourceFile(file, File.ReadAllText(file)))]);
    }

    [GeneratedRegex(@"//! (LCA\d{4})\b")]
    private static partial Regex MarkPattern();
}
