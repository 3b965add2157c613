using LifecycleAnalyzers.Runtime;

namespace Incidents.OneAtATime.Exchange;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, async (listener, device, stop) =>
    {
        using var connection = await DeviceConnection.ConnectAsync(device, stop);
        var service = new ExchangeService(connection, new Journal());
        await new Front(listener, (question, limit) => AnswerAsync(service, question, limit)).RunAsync(stop);
    });

    /// <summary>The caller may give up; the exchange goes on without it.</summary>
    private static async Task<string> AnswerAsync(ExchangeService service, string question, CancellationToken limit)
    {
        limit.ThrowIfCancellationRequested();
        var asking = service.AskAsync(question);
        asking.Observe(failure => Console.Error.WriteLine($"trace: {question} failed: {failure.Message}"));
        return await asking.WaitAsync(limit);
    }
}
