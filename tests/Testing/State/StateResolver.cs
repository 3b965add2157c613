using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>Reads the marks of a state's files and fills what the state leaves unset from the state before it.</summary>
internal sealed class StateResolver(ReferenceAssemblies references, Func<string?, DiagnosticResult> fromMark)
{
    private readonly List<DiagnosticResult> _marked = [];
    private readonly Dictionary<int, DiagnosticLocation> _keys = [];

    /// <param name="chain">The state first, then those it inherits from.</param>
    public ResolvedState Resolve(params SolutionState[] chain)
    {
        var projects = ImmutableArray.CreateBuilder<ResolvedProject>();
        projects.Add(Project(chain));
        foreach (var name in chain.SelectMany(s => s.AdditionalProjects.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            projects.Add(Project([.. chain.Where(s => s.AdditionalProjects.ContainsKey(name)).Select(s => s.AdditionalProjects[name])]));
        }

        // A state that repeats no source is the state before it, its diagnostics too.
        var own = chain.FirstOrDefault(s => s.HasSources) ?? chain[^1];
        var first = projects.SelectMany(p => p.Sources).FirstOrDefault()?.Path ?? "";
        return new ResolvedState(projects.ToImmutable(), [.. _marked, .. own.ExpectedDiagnostics.Select(e => Placed(e, first))]);
    }

    private ResolvedProject Project(IReadOnlyList<ProjectState> chain)
    {
        var folder = chain[0].Folder;
        return new ResolvedProject(
            chain[0].Name,
            folder,
            ReadMarks(First(chain, p => p.Sources)),
            ReadMarks(First(chain, p => p.AdditionalFiles)),
            [.. First(chain, p => p.AnalyzerConfigFiles).Select(f => new TextFile(Path(folder, f.filename), f.content.ToString()))],
            chain.Select(p => p.ReferenceAssemblies).FirstOrDefault(r => r is not null) ?? references,
            [.. First(chain, p => p.AdditionalReferences)],
            [.. First(chain, p => p.AdditionalProjectReferences)],
            chain.Select(p => p.OutputKind).FirstOrDefault(k => k is not null) ?? OutputKind.DynamicallyLinkedLibrary);

        ImmutableArray<TextFile> ReadMarks(IEnumerable<(string filename, SourceText content)> files) =>
            [.. files.Select(f => Read(Path(folder, f.filename), f.content.ToString()))];
    }

    private TextFile Read(string path, string marked)
    {
        var markup = MarkupText.Parse(path, marked);
        var lines = SourceText.From(markup.Text).Lines;
        foreach (var span in markup.Spans)
        {
            var location = new DiagnosticLocation(path, lines.GetLinePositionSpan(span.Span), DiagnosticLocationOptions.None);
            if (span.Key is not { } key)
            {
                _marked.Add(fromMark(span.Name).WithLocations([location]));
            }
            else if (!_keys.TryAdd(key, location))
            {
                throw new VerifierException($"Markup of {path}: the key #{key} is used twice.");
            }
        }

        return new TextFile(path, markup.Text);
    }

    private DiagnosticResult Placed(DiagnosticResult expected, string first) =>
        expected.WithLocations([.. expected.Locations.Select(l => Placed(expected, l, first))]);

    private DiagnosticLocation Placed(DiagnosticResult expected, DiagnosticLocation location, string first)
    {
        if (!location.Options.HasFlag(DiagnosticLocationOptions.InterpretAsMarkupKey))
        {
            return location with { Path = location.Path is null ? first : Path("/0/", location.Path) };
        }

        return _keys.TryGetValue(location.MarkupKey, out var marked)
            ? marked with { Options = location.Options & ~DiagnosticLocationOptions.InterpretAsMarkupKey }
            : throw new VerifierException($"{expected.Id} is expected at {{|#{location.MarkupKey}:…|}}, but no such mark is in the sources.");
    }

    private static string Path(string folder, string name) => SourceFileCollection.Rooted(folder, name);

    private static List<T> First<T>(IReadOnlyList<ProjectState> chain, Func<ProjectState, List<T>> part) =>
        chain.Select(part).FirstOrDefault(p => p.Count > 0) ?? [];
}
