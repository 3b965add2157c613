using System.Diagnostics;

namespace LifecycleAnalyzers.Package.Tests;

/// <summary>How a command ended, and everything that it wrote.</summary>
internal sealed record CommandRun(string Command, int ExitCode, string Output)
{
    public CommandRun Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    public override string ToString() => $"dotnet {Command}\nended with {ExitCode}:\n{Output}";
}

/// <summary>Runs the SDK's commands as a user does, with package folders of their own and no server that outlives the command.</summary>
internal sealed class Dotnet(string packages)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    /// <summary>The folder in which this machine keeps its packages; what is there need not be fetched again.</summary>
    private static readonly string _ordinaryPackages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public async Task<CommandRun> RunAsync(
        string folder, string command, IReadOnlyDictionary<string, string>? variables = null, CancellationToken cancellationToken = default)
    {
        using var process = new Process { StartInfo = Start(folder, command, variables) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new CommandRun(command, process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"'dotnet {command}' took more than {_limit.TotalMinutes} minutes.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo Start(string folder, string command, IReadOnlyDictionary<string, string>? variables)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", command)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var environment = start.Environment;

        // The tests may themselves run inside a build: what it tells its children is not for these commands.
        foreach (var name in environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList()) environment.Remove(name);
        foreach (var name in (string[])["Configuration", "Platform", "TargetFramework", "VSTEST_CONNECTION_TIMEOUT"]) environment.Remove(name);
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["DOTNET_NOLOGO"] = "1";
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["MSBUILDTERMINALLOGGER"] = "off";
        environment["UseSharedCompilation"] = "false";

        // A package of the same name and version that somebody restored before must not be taken for the one just packed.
        environment["NUGET_PACKAGES"] = packages;
        environment["RestoreFallbackFolders"] = _ordinaryPackages;
        foreach (var variable in variables ?? new Dictionary<string, string>()) environment[variable.Key] = variable.Value;
        return start;
    }
}
