// What the guards tell of connections that fail now and then, as dotnet-counters would show it of any program that uses them:
//   dotnet run --project samples/Counters
//   dotnet-counters monitor --process-id PID --counters LifecycleAnalyzers.Runtime
using LifecycleAnalyzers.Samples.Counters;

using var view = new CountersView();
for (var round = 0; round < 5; round++)
{
    await Traffic.RoundAsync(view, () => view.Write(Console.Out));
    await Task.Delay(TimeSpan.FromSeconds(1));
}
