namespace Incidents.OneAtATime.Buffer;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, async (listener, device, stop) =>
    {
        using var link = new DeviceLink(device);
        await new Front(listener, new PooledService(link).AskAsync).RunAsync(stop);
    });
}
