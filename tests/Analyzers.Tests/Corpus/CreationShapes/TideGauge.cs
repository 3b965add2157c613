// A gauge that reports the tide: a program of top-level statements over NATS, a serial port and a socket.
using System.IO.Ports;
using System.Net.Sockets;
using NATS.Client.Core;

var station = args.Length > 0 ? args[0] : "harbour";
using var quit = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    quit.Cancel();
};

var gauge = new SerialPort("/dev/ttyS0", 4800);
gauge.Open(); //! LCA1001
gauge.ErrorReceived += (_, e) => Console.Error.WriteLine(e.EventType);

var clock = new SerialPort("/dev/ttyS1", 4800);
clock.ErrorReceived += (_, e) => Console.Error.WriteLine(e.EventType); // ok LCA1001
clock.Open();

await using var nats = new NatsConnection(new NatsOpts { Url = "nats://shore" });
nats.ConnectionDisconnected += (_, e) =>
{
    Console.Error.WriteLine(e.Message);
    return ValueTask.CompletedTask;
};
await nats.ConnectAsync(); // ok LCA1001 //? LCA1008

_ = WatchAsync(quit.Token); //! LCA1004
_ = WatchSafelyAsync(quit.Token); // ok LCA1004

try
{
    while (!quit.IsCancellationRequested)
    {
        var line = gauge.ReadLine();
        await nats.PublishAsync("tide." + station, line, quit.Token);
    }
}
finally
{
    gauge.Close();
    clock.Close();
}

return;

static async Task WatchAsync(CancellationToken stop)
{
    using var beacon = new TcpClient();
    await beacon.ConnectAsync("beacon", 2000, stop);
    var buffer = new byte[32];
    while (await beacon.GetStream().ReadAsync(buffer, stop) > 0) { }
}

static async Task WatchSafelyAsync(CancellationToken stop)
{
    try
    {
        await WatchAsync(stop);
    }
    catch (Exception e)
    {
        Console.Error.WriteLine(e.Message);
    }
}
