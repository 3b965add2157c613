namespace Incidents.OneAtATime.Operation;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, async (listener, device, stop) =>
    {
        using var service = await OperationService.ConnectAsync(device, stop);
        await new Front(listener, service.AskAsync).RunAsync(stop);
    });
}
