namespace Incidents.KeepAlive.Connected;

public static class Program
{
    public static Task<int> Main() => Orders.PostAsync(server => new SocketPool(server));
}
