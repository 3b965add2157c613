using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>
/// One incident from the failure to the repair: the program fails, the compiler shows the line, the fix is applied,
/// nothing is reported any more, and the program passes. What failing and passing means is told by the incident.
/// </summary>
public abstract class IncidentReplay(string name)
{
    /// <summary>Programs bound themselves at eight seconds; a busy machine gets some more to start them.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected Incident Incident { get; } = Incident.Load(name);

    /// <summary>Asserts how exactly the broken program failed.</summary>
    protected abstract void FailsAsInTheIncident(ChildRun run);

    /// <summary>Asserts that the fixed program did its work: nothing lost, nothing twice, nothing left open.</summary>
    protected abstract void DoesItsWork(ChildRun run);

    /// <summary>Asserts what the fix wrote.</summary>
    protected abstract void IsRepairedInPlace(ImmutableArray<DiffLine> changes);

    [Fact]
    public async Task The_broken_program_fails()
    {
        using var program = await BuiltProgram.CompileAsync(Project(Incident.Sources), Stop);
        Assert.Empty(program.Warnings);
        for (var time = 0; time < 3; time++)
        {
            var run = await ChildRun.StartAsync(program, _limit, Stop);
            Assert.False(run.TimedOut, run.ToString());
            FailsAsInTheIncident(run);
        }
    }

    [Fact]
    public async Task The_diagnostic_stands_on_the_marked_line_alone()
    {
        Assert.NotEmpty(Incident.Marks);
        var findings = await Findings.OfAsync(Project(Incident.Sources), RulePackage.Load(), Stop);
        Assert.Equal(Incident.Marks, findings.AsMarks());
    }

    [Theory]
    [InlineData(FixOrder.FirstToLast)]
    [InlineData(FixOrder.LastToFirst)]
    public async Task The_fixed_program_is_silent_and_passes(FixOrder order)
    {
        var rules = RulePackage.Load();
        var fixedRun = await FixRun.ApplyAsync(Project(Incident.Sources), rules, order, Stop);
        Assert.Equal(Incident.Marks.Select(mark => mark.Id).Order(), fixedRun.Applied.Select(fix => fix.At.Id).Order());
        Assert.Empty(fixedRun.Left);
        Assert.Empty(await Findings.OfAsync(Project(fixedRun.Sources), rules, Stop));
        IsRepairedInPlace(Changes(fixedRun));

        using var program = await BuiltProgram.CompileAsync(Project(fixedRun.Sources), Stop);
        Assert.Empty(program.Warnings);
        for (var time = 0; time < 3; time++)
        {
            var run = await ChildRun.StartAsync(program, _limit, Stop);
            Assert.False(run.TimedOut, run.ToString());
            Assert.True(run.ExitCode == 0, run.ToString());
            Assert.Null(run.Crash);
            DoesItsWork(run);
        }
    }

    /// <summary>The exit code of a process that an unhandled exception ended.</summary>
    protected static void Crashed(ChildRun run)
    {
        Assert.NotNull(run.Crash);
        if (OperatingSystem.IsWindows()) Assert.NotEqual(0, run.ExitCode);
        else Assert.Equal(128 + 6, run.ExitCode); // SIGABRT
    }

    private Project Project(ImmutableArray<SourceFile> sources) => SourceProject.Create(Incident.Name, sources);

    /// <summary>The changed lines. A scenario is never touched by a fix: the incident's own file is.</summary>
    private ImmutableArray<DiffLine> Changes(FixRun fixedRun)
    {
        var changes = Incident.Sources.Zip(fixedRun.Sources)
            .Select(pair => (pair.First.Name, Lines: LineDiff.Of(pair.First.Text, pair.Second.Text).RemoveAll(line => line.Kind == DiffKind.Same)))
            .Where(file => file.Lines.Length > 0)
            .ToList();
        var (name, lines) = Assert.Single(changes);
        Assert.Equal("Broken.cs", name);
        return lines;
    }
}
