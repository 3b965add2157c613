using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>The first half of an incident: the program fails, and the compiler shows the line. What failing means is told by the incident.</summary>
public abstract class IncidentFailure(string name)
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected Incident Incident { get; } = Incident.Load(name);

    /// <summary>How long a program may run. Programs bound themselves well below; a busy machine gets some more to start them.</summary>
    protected virtual TimeSpan Limit => TimeSpan.FromSeconds(60);

    /// <summary>How often a program has to do the same; those that take long do it once.</summary>
    protected virtual int Times => 3;

    /// <summary>Asserts how exactly the broken program failed.</summary>
    protected abstract void FailsAsInTheIncident(ChildRun run);

    [Fact]
    public async Task The_broken_program_fails()
    {
        using var program = await BuiltProgram.CompileAsync(Project(Incident.Sources), Stop);
        Assert.Empty(program.Warnings);
        for (var time = 0; time < Times; time++) FailsAsInTheIncident(await RunAsync(program));
    }

    [Fact]
    public async Task The_diagnostic_stands_on_the_marked_line_alone()
    {
        Assert.NotEmpty(Incident.Marks);
        var findings = await Findings.OfAsync(Project(Incident.Sources), RulePackage.Load(), Stop);
        Assert.Equal(Incident.Marks, findings.AsMarks());
    }

    protected Project Project(ImmutableArray<SourceFile> sources) => Incident.ProjectOf(sources);

    protected async Task<ChildRun> RunAsync(BuiltProgram program)
    {
        var run = await ChildRun.StartAsync(program, Limit, Stop);
        Assert.False(run.TimedOut, run.ToString());
        return run;
    }

    /// <summary>The exit code of a process that an unhandled exception ended.</summary>
    protected static void Crashed(ChildRun run)
    {
        Assert.True(run.Crash is not null, run.ToString());
        if (OperatingSystem.IsWindows()) Assert.NotEqual(0, run.ExitCode);
        else Assert.Equal(128 + 6, run.ExitCode); // SIGABRT
    }
}
