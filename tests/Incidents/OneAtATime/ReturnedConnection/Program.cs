namespace Incidents.OneAtATime.ReturnedConnection;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, async (listener, device, stop) =>
    {
        using var pool = new DevicePool(device);
        await new Front(listener, new DeviceService(pool).AskAsync).RunAsync(stop);
    });
}
