namespace Incidents.WebSocketSenders.Tls;

public static class Program
{
    public static Task<int> Main() => Commands.RunAsync("wss", () => new DeviceClient());
}
