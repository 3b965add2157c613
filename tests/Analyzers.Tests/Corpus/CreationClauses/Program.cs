using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;

var url = args is [var first, ..] ? first : "http://localhost:5000/hub";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var hub = new HubConnectionBuilder().WithUrl(url).Build();
hub.On<string>("line", Console.WriteLine);
await hub.StartAsync(stop.Token); //! LCA1001
hub.Closed += error =>
{
    Console.Error.WriteLine(error?.Message ?? "closed");
    stop.Cancel();
    return Task.CompletedTask;
};

var listener = new TcpListener(IPAddress.Loopback, 6000);
listener.Start();
var accepting = AcceptAsync();
_ = hub.StopAsync(); //! LCA1004
await accepting;
listener.Stop();

async Task AcceptAsync()
{
    while (!stop.IsCancellationRequested)
    {
        using var client = await listener.AcceptTcpClientAsync(stop.Token);
        await client.GetStream().WriteAsync("hello\n"u8.ToArray(), stop.Token);
    }
}
