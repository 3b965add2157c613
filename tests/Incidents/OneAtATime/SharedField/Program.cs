namespace Incidents.OneAtATime.SharedField;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, async (listener, device, stop) =>
    {
        using var link = new DeviceLink(device);
        await new SerialServer(listener, link).RunAsync(stop);
    });
}
