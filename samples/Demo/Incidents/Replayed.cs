using System.Collections.Immutable;
using LifecycleAnalyzers.Demo.Output;
using LifecycleAnalyzers.Incidents;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Demo.Incidents;

/// <summary>One incident gone through from the failure to the repair.</summary>
internal sealed record Replayed(Incident Incident, ChildRun Broken, ImmutableArray<Diagnostic> Reported, FixRun Fix, ChildRun Fixed)
{
    public const int Steps = 6;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <summary>What did not go as an incident goes; empty when all is well.</summary>
    public ImmutableArray<string> Surprises
    {
        get
        {
            var surprises = ImmutableArray.CreateBuilder<string>();
            if (Broken.ExitCode == 0) surprises.Add("the broken program did not fail");
            if (!Reported.AsMarks().SequenceEqual(Incident.Marks)) surprises.Add("the diagnostics are not those marked in the source");
            if (Fix.Applied.IsEmpty) surprises.Add("no fix was offered");
            if (!Fix.Left.IsEmpty) surprises.Add("diagnostics are left after the fixes");
            if (Fixed.ExitCode != 0) surprises.Add("the fixed program fails");
            return surprises.ToImmutable();
        }
    }

    public static async Task<Replayed> RunAsync(Incident incident, RulePackage rules, IProgress progress, CancellationToken cancellationToken)
    {
        progress.Next("compile the broken program");
        var project = incident.ProjectOf(incident.Sources);
        using var brokenProgram = await BuiltProgram.CompileAsync(project, cancellationToken);
        progress.Next("run it");
        var broken = await ChildRun.StartAsync(brokenProgram, _limit, cancellationToken);
        progress.Next("analyse it");
        var reported = await Findings.OfAsync(project, rules, cancellationToken);
        progress.Next("apply the fixes");
        var fix = await FixRun.ApplyAsync(project, rules, FixOrder.FirstToLast, cancellationToken);
        progress.Next("compile the fixed program");
        using var fixedProgram = await BuiltProgram.CompileAsync(incident.ProjectOf(fix.Sources), cancellationToken);
        progress.Next("run it");
        var fixedRun = await ChildRun.StartAsync(fixedProgram, _limit, cancellationToken);
        return new Replayed(incident, broken, reported, fix, fixedRun);
    }
}
