using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>
/// One incident from the failure to the repair: the program fails, the compiler shows the line, the fix is applied,
/// nothing is reported any more, and the program passes. What failing and passing means is told by the incident.
/// </summary>
public abstract class IncidentReplay(string name) : IncidentFailure(name)
{
    /// <summary>The one file that the fixes change: the incident's own, unless its point is that the guard belongs somewhere else.</summary>
    protected virtual string RepairedFile => "Broken.cs";

    /// <summary>Asserts that the fixed program did its work: nothing lost, nothing twice, nothing left open.</summary>
    protected abstract void DoesItsWork(ChildRun run);

    /// <summary>Asserts what the fix wrote.</summary>
    protected abstract void IsRepairedInPlace(ImmutableArray<DiffLine> changes);

    [Theory]
    [InlineData(FixOrder.FirstToLast)]
    [InlineData(FixOrder.LastToFirst)]
    public async Task The_fixed_program_is_silent_and_passes(FixOrder order)
    {
        var rules = RulePackage.Load();
        var fixedRun = await FixRun.ApplyAsync(Project(Incident.Sources), rules, order, Stop);
        Assert.Empty(fixedRun.Left);

        // One guard at the point through which several callbacks go helps all of them.
        Assert.Equal(Incident.Marks.Select(mark => mark.Id).Distinct().Order(), fixedRun.Applied.Select(fix => fix.At.Id).Distinct().Order());
        Assert.True(fixedRun.Applied.Length <= Incident.Marks.Length, string.Join('\n', fixedRun.Applied));
        Assert.Empty(await Findings.OfAsync(Project(fixedRun.Sources), rules, Stop));
        IsRepairedInPlace(Changes(fixedRun));

        using var program = await BuiltProgram.CompileAsync(Project(fixedRun.Sources), Stop);
        Assert.Empty(program.Warnings);
        for (var time = 0; time < Times; time++)
        {
            var run = await RunAsync(program);
            Assert.True(run.ExitCode == 0, run.ToString());
            Assert.Null(run.Crash);
            DoesItsWork(run);
        }
    }

    /// <summary>The changed lines. A scenario is never touched by a fix.</summary>
    private ImmutableArray<DiffLine> Changes(FixRun fixedRun)
    {
        var changes = Incident.Sources.Zip(fixedRun.Sources)
            .Select(pair => (pair.First.Name, Lines: LineDiff.Of(pair.First.Text, pair.Second.Text).RemoveAll(line => line.Kind == DiffKind.Same)))
            .Where(file => file.Lines.Length > 0)
            .ToList();
        var (name, lines) = Assert.Single(changes);
        Assert.Equal(RepairedFile, name);
        return lines;
    }
}
