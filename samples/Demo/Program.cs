using LifecycleAnalyzers.Demo;
using LifecycleAnalyzers.Demo.Incidents;
using LifecycleAnalyzers.Demo.Output;
using LifecycleAnalyzers.Demo.Scan;
using LifecycleAnalyzers.Incidents;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // children are ended and temporary folders removed before the process goes
    pressed.Cancel = true;
    interrupted.Cancel();
};

try
{
    var commandLine = CommandLine.Parse(args);
    if (commandLine.Help)
    {
        Console.WriteLine(CommandLine.HelpText);
        return ExitCode.Fine;
    }

    var terminal = Terminal.Create(commandLine.Plain);
    var rules = RulePackage.Load();
    return commandLine.Path is { } path
        ? await ScanShow.RunAsync(path, commandLine.Context, rules, terminal, interrupted.Token)
        : await IncidentShow.RunAsync(commandLine.Context, rules, terminal, interrupted.Token);
}
catch (UsageException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return ExitCode.Usage;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("interrupted");
    return ExitCode.Interrupted;
}
catch (Exception failure) when (failure is AnalyzerFailedException or InvalidOperationException or ProgramDoesNotCompileException or IOException)
{
    Console.Error.WriteLine($"The demonstration failed: {failure.Message}");
    return ExitCode.Failed;
}
