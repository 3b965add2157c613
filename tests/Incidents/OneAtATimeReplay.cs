using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>
/// A cause of answers that reach another question. Broken, the program sees the first crossing within its bounded number of
/// questions; fixed, it sees none in all of them, though some callers give up and some walk away.
/// </summary>
public abstract class OneAtATimeReplay(string cause) : IncidentReplay($"OneAtATime/{cause}")
{
    protected override int Times => 1;

    /// <summary>A hundred thousand questions take their time on a busy machine.</summary>
    protected override TimeSpan Limit => TimeSpan.FromMinutes(4);

    /// <summary>What the broken line became; a part of it.</summary>
    protected abstract string Repair { get; }

    protected override void FailsAsInTheIncident(ChildRun run) => Crossings.Seen(run);

    protected override void DoesItsWork(ChildRun run) => Crossings.None(run);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes) =>
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains(Repair, StringComparison.Ordinal));
}

/// <summary>What the scenario of the one-at-a-time service tells at its end.</summary>
internal static class Crossings
{
    public static void Seen(ChildRun run)
    {
        Assert.True(run.Output.LastOrDefault() == "RESULT crossed", run.ToString());
        Assert.NotEqual(0, run.ExitCode);
        Assert.InRange(Number(run, "crossed"), 1, int.MaxValue);

        // A question of one caller, and the answer to another's or to an earlier one.
        var crossing = run.Output.First(line => line.StartsWith("crossing: asked '", StringComparison.Ordinal)).Split('\'');
        Assert.NotEqual($"answer to {crossing[1]}", crossing[3]);
        Assert.Matches("^(answer to|gave up on) [A-Z]-", crossing[3]);
    }

    public static void None(ChildRun run)
    {
        Assert.True(run.Output.LastOrDefault() == "RESULT ok", run.ToString());
        Assert.Equal(0, Number(run, "crossed"));
        Assert.Equal(0, Number(run, "failed"));
        Assert.Equal(0, Number(run, "open-sockets"));
        Assert.InRange(Number(run, "given-up"), 1, int.MaxValue);
        Assert.InRange(Number(run, "walked-away"), 1, int.MaxValue);
        Assert.Equal(Number(run, "asked"), Number(run, "answered") + Number(run, "given-up") + Number(run, "walked-away"));
    }

    private static int Number(ChildRun run, string what) =>
        int.Parse(run.Output.Single(line => line.StartsWith($"{what} ", StringComparison.Ordinal))[(what.Length + 1)..]);
}
