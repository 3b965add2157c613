namespace Incidents.OneAtATime.LateAnswer;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, async (listener, device, stop) =>
    {
        using var service = new KeptConnectionService(device);
        await new Front(listener, service.AskAsync).RunAsync(stop);
    });
}
