using System.Collections.Immutable;
using LifecycleAnalyzers.Demo.Output;
using LifecycleAnalyzers.Incidents;

namespace LifecycleAnalyzers.Demo.Incidents;

/// <summary>Goes through all incidents and tells each one's story.</summary>
internal static class IncidentShow
{
    public static async Task<int> RunAsync(int context, RulePackage rules, Terminal terminal, CancellationToken cancellationToken)
    {
        // A show is shorter than a test; the programs read here how much they have to do.
        if (Environment.GetEnvironmentVariable("INCIDENT_REQUESTS") is null) Environment.SetEnvironmentVariable("INCIDENT_REQUESTS", "20000");
        var incidents = Incident.Names.Select(Incident.Load).Select(incident => (incident.Name, incident)).ToList();
        var replayed = await ProgressDisplay.RunAsync(
            terminal, incidents, Replayed.Steps, (incident, progress) => Replayed.RunAsync(incident, rules, progress, cancellationToken));

        for (var i = 0; i < replayed.Count; i++) Tell(replayed[i], $"{i + 1}/{replayed.Count}", context, terminal);

        terminal.Heading("Result");
        foreach (var incident in replayed)
        {
            var surprises = incident.Surprises;
            terminal.Line(
                ($"{incident.Incident.Name}: ", Tone.Strong),
                surprises.IsEmpty ? ("failed, was found, was fixed, passes", Tone.Good) : (string.Join("; ", surprises), Tone.Bad));
        }

        return replayed.All(incident => incident.Surprises.IsEmpty) ? ExitCode.Fine : ExitCode.Found;
    }

    private static void Tell(Replayed replayed, string number, int context, Terminal terminal)
    {
        terminal.Heading($"{number} {replayed.Incident.Name}: {replayed.Incident.Title}");

        terminal.Section("What the broken program does");
        TellRun(replayed.Broken, terminal);

        terminal.Section("What the compiler reports");
        if (replayed.Reported.IsEmpty) terminal.Line("nothing", Tone.Bad);
        foreach (var diagnostic in replayed.Reported)
        {
            Excerpt.Write(terminal, diagnostic, context, path => $"{replayed.Incident.Name}/{Path.GetFileName(path)}");
        }

        terminal.Section("What the fix writes");
        if (replayed.Fix.Applied.IsEmpty) terminal.Line("no fix is offered", Tone.Bad);
        foreach (var applied in replayed.Fix.Applied) terminal.Line(($"{applied.At.Id}: ", Tone.Warning), (applied.Title, Tone.Normal));
        foreach (var (before, after) in replayed.Incident.Sources.Zip(replayed.Fix.Sources))
        {
            TellChanges($"{replayed.Incident.Name}/{before.Name}", LineDiff.Hunks(before.Text, after.Text, context), terminal);
        }

        terminal.Section("What the fixed program does");
        TellRun(replayed.Fixed, terminal);
        terminal.Line(replayed.Fix.Left.IsEmpty ? "The compiler reports nothing any more." : "The compiler still reports:", replayed.Fix.Left.IsEmpty ? Tone.Good : Tone.Bad);
        foreach (var left in replayed.Fix.Left) Excerpt.Write(terminal, left, context, path => $"{replayed.Incident.Name}/{Path.GetFileName(path)}");
    }

    private static void TellRun(ChildRun run, Terminal terminal)
    {
        foreach (var line in run.Output) terminal.Line($"  {line}");
        if (run.Crash is { } crash)
        {
            terminal.Line($"  the process dies of an exception nobody handled: {crash}", Tone.Bad);
            foreach (var frame in run.CrashStack.Where(IsOfTheProgram)) terminal.Line($"    at {frame}", Tone.Quiet);
        }

        if (run.TimedOut) terminal.Line("  it did not end in time and was killed", Tone.Bad);
        terminal.Line($"  exit code {run.ExitCode} after {run.Duration.TotalSeconds:0.0} s", run.ExitCode == 0 ? Tone.Good : Tone.Bad);
    }

    /// <summary>The program's own methods; those of the framework between them only hide the way.</summary>
    private static bool IsOfTheProgram(string frame) => frame.StartsWith("Incidents.", StringComparison.Ordinal);

    private static void TellChanges(string name, ImmutableArray<ImmutableArray<DiffLine>> hunks, Terminal terminal)
    {
        if (hunks.IsEmpty) return;
        terminal.Line(name, Tone.Quiet);
        for (var i = 0; i < hunks.Length; i++)
        {
            if (i > 0) terminal.Line("  ...", Tone.Quiet);
            foreach (var line in hunks[i])
            {
                var (sign, tone) = line.Kind switch
                {
                    DiffKind.Added => ("+", Tone.Added),
                    DiffKind.Removed => ("-", Tone.Removed),
                    _ => (" ", Tone.Normal),
                };
                terminal.Line(($"  {line.Number,4} ", Tone.Quiet), ($"{sign} {line.Text}".TrimEnd(), tone));
            }
        }
    }
}
