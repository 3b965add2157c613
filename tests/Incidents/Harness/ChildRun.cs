using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LifecycleAnalyzers.Incidents;

/// <summary>What a program did when it ran as a process of its own.</summary>
public sealed record ChildRun(int ExitCode, ImmutableArray<string> Output, ImmutableArray<string> Error, bool TimedOut, TimeSpan Duration)
{
    private const string CrashPrefix = "Unhandled exception. ";

    /// <summary>The exception that ended the process, as the runtime wrote it ("Type: message"); null if none did.</summary>
    public string? Crash =>
        Error.FirstOrDefault(line => line.StartsWith(CrashPrefix, StringComparison.Ordinal))?[CrashPrefix.Length..];

    /// <summary>The methods that were on the stack of <see cref="Crash"/>, innermost first, without files.</summary>
    public ImmutableArray<string> CrashStack =>
    [
        .. Error.SkipWhile(line => !line.StartsWith(CrashPrefix, StringComparison.Ordinal)).Skip(1)
            .Where(line => line.StartsWith("   at ", StringComparison.Ordinal))
            .Select(line => line[6..].Split(" in ")[0]),
    ];

    /// <summary>Runs a compiled program with the environment of this one, bounded in time; past the limit it is killed with all it started.</summary>
    public static async Task<ChildRun> StartAsync(BuiltProgram program, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(DotnetHost())
        {
            ArgumentList = { "exec", program.Assembly },
            WorkingDirectory = Path.GetDirectoryName(program.Assembly)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A crash is what some programs are here for: no dump files of it.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var output = ReadLinesAsync(process.StandardOutput);
        var error = ReadLinesAsync(process.StandardError);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        var timedOut = false;
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            timedOut = true;
        }

        return new ChildRun(process.ExitCode, await output, await error, timedOut, clock.Elapsed);
    }

    /// <summary>All of it, for the message of a failed assertion.</summary>
    public override string ToString() =>
        $"exit {ExitCode}{(TimedOut ? ", timed out" : "")} after {Duration.TotalSeconds:0.0} s\n"
        + string.Concat(Output.Select(line => $"out: {line}\n")) + string.Concat(Error.Select(line => $"err: {line}\n"));

    private static async Task<ImmutableArray<string>> ReadLinesAsync(StreamReader reader)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadLineAsync() is { } line) lines.Add(line);
        return lines.ToImmutable();
    }

    /// <summary>The host of the framework that runs this process; the path may name none or another one.</summary>
    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var beside = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name);
        return File.Exists(beside) ? Path.GetFullPath(beside) : name;
    }
}
