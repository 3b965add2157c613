namespace Incidents.KeepAlive.Unchecked;

public static class Program
{
    public static Task<int> Main() => Orders.PostAsync(server => new SocketPool(server));
}
