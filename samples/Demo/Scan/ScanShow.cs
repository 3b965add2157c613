using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using LifecycleAnalyzers.Demo.Output;
using LifecycleAnalyzers.Incidents;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>Shows the findings in somebody's code, and says what of it could not be judged.</summary>
internal static class ScanShow
{
    private const int NamesShown = 8;

    public static async Task<int> RunAsync(string path, int context, RulePackage rules, Terminal terminal, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var found = ProjectFinder.Find(path);
        var loader = new LenientLoader();
        var loaded = new List<LenientLoader.Loaded>();

        // a project that another one refers to is loaded with it: by the order of the references, each once
        foreach (var project in InReferenceOrder(found.Projects)) loaded.Add(await loader.LoadAsync(project, found.OnlyFile, cancellationToken));

        var work = loaded.Select(project => (project.File.Name, project)).ToList();
        var scanned = await ProgressDisplay.RunAsync(
            terminal, work, Scanned.Steps, (project, progress) => Scanned.OfAsync(project, loader.Solution, rules, progress, cancellationToken));

        TellResolved(scanned, found, terminal);

        terminal.Heading("Findings");
        var findings = scanned.SelectMany(project => project.Findings).DistinctBy(finding => (finding.Id, finding.Location.GetLineSpan())).ToList();
        foreach (var finding in findings)
        {
            terminal.Blank();
            Excerpt.Write(terminal, finding, context, file => Path.GetRelativePath(found.Root, file));
        }

        terminal.Blank();
        var files = scanned.Sum(project => project.Project.SourceFiles);
        terminal.Line(
            (findings.Count == 0 ? "Nothing found" : $"{findings.Count} finding(s)", findings.Count == 0 ? Tone.Good : Tone.Warning),
            ($" in {scanned.Count} project(s) with {files} file(s), {clock.Elapsed.TotalSeconds:0.0} s", Tone.Normal));
        foreach (var rule in findings.CountBy(finding => finding.Id).OrderBy(rule => rule.Key, StringComparer.Ordinal)) terminal.Line($"  {rule.Key}: {rule.Value}");
        return findings.Count == 0 ? ExitCode.Fine : ExitCode.Found;
    }

    private static IEnumerable<ProjectFile> InReferenceOrder(ImmutableArray<ProjectFile> projects)
    {
        var byPath = projects.ToDictionary(project => project.FullPath, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var ordered = new List<ProjectFile>();
        foreach (var project in projects) Visit(project);
        return ordered;

        void Visit(ProjectFile project)
        {
            if (!seen.Add(project.FullPath)) return;
            foreach (var reference in project.References)
            {
                if (byPath.TryGetValue(reference, out var other)) Visit(other);
            }

            ordered.Add(project);
        }
    }

    private static void TellResolved(List<Scanned> scanned, ProjectFinder.Found found, Terminal terminal)
    {
        terminal.Heading($"What was looked at, from {found.Root}");
        terminal.Line($".NET {Environment.Version} of this program ({RuntimeInformation.RuntimeIdentifier}); ASP.NET Core: {(FrameworkReferences.AspNetCore.IsEmpty ? "not installed" : "yes")}");
        foreach (var remark in found.Remarks) terminal.Line(remark, Tone.Warning);
        foreach (var project in scanned)
        {
            var file = project.Project.File;
            terminal.Line((file.Name, Tone.Strong), ($": {project.Project.SourceFiles} file(s)", Tone.Normal));
            if (file.Problem is { } problem) terminal.Line($"  the project file cannot be read: {problem}", Tone.Warning);
            TellMissing(terminal, "project(s) not found", project.Project.MissingProjects);
            TellMissing(terminal, "package(s) not found among those restored", project.Project.MissingPackages);
            TellMissing(terminal, "name(s) not resolved, so the code around them is not judged", project.UnresolvedNames);
        }
    }

    private static void TellMissing(Terminal terminal, string what, ImmutableArray<string> names)
    {
        if (names.IsEmpty) return;
        var more = names.Length > NamesShown ? $" and {names.Length - NamesShown} more" : "";
        terminal.Line($"  {names.Length} {what}: {string.Join(", ", names.Take(NamesShown))}{more}", Tone.Warning);
    }
}
