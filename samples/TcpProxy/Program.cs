// Relays TCP connections to another server; Ctrl+C lets those that are open end:
//   dotnet run --project samples/TcpProxy -- 8080 upstream.example 80
using System.Net;
using LifecycleAnalyzers.Samples.TcpProxy;

if (args.Length != 3 || !int.TryParse(args[0], out var listen) || !int.TryParse(args[2], out var port))
{
    Console.Error.WriteLine("Usage: TcpProxy PORT UPSTREAM-HOST UPSTREAM-PORT");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
var proxy = new Proxy(new IPEndPoint(IPAddress.Any, listen), args[1], port, TimeSpan.FromSeconds(20), Console.WriteLine);
Console.WriteLine($"Listening on port {proxy.Port}");
await proxy.RunAsync(stop.Token);
return 0;
