using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LifecycleAnalyzers.Runtime;
using LifecycleAnalyzers.Runtime.Soak;
using LifecycleAnalyzers.Samples.TcpProxy;

// Pooled clients talk through the guarded proxy to a server that resets, ends and forgets: for so many minutes (10 unless told
// otherwise), on loopback. It fails when an answer crosses, when a socket is left, or when memory or handles grow.
var length = TimeSpan.FromMinutes(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 10);
const int Workers = 8;
using var stop = new CancellationTokenSource(length);
long requests = 0, unanswered = 0, crossed = 0;
var before = Sockets();
var samples = new List<(long Memory, int Handles)>();

using (var server = new UnsteadyServer())
{
    using var stopServers = new CancellationTokenSource();
    var serving = server.RunAsync(stopServers.Token);
    var proxy = new Proxy(new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", server.Port, TimeSpan.FromSeconds(1), static _ => { });
    var relaying = proxy.RunAsync(stopServers.Token);
    var target = new IPEndPoint(IPAddress.Loopback, proxy.Port);
    await using (var pool = new ConnectionPool<Socket>(async token => await SafeSocket.ConnectAsync(target, token), new ConnectionPoolOptions<Socket> { MaxSize = Workers - 2, IsUsable = static s => s.IsAlive() }))
    {
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => AskAsync(pool))).ToList();
        var clock = Stopwatch.StartNew();
        Console.WriteLine("    time   requests  unanswered  crossed   open    memory KiB  handles");
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(length / 20, CancellationToken.None);
            samples.Add((GC.GetTotalMemory(forceFullCollection: true), Handles()));
            Console.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} {requests,10} {unanswered,11} {crossed,8} {proxy.Connections.Open,6} {samples[^1].Memory / 1024,13} {samples[^1].Handles,8}");
        }

        await Task.WhenAll(workers);
    }

    await stopServers.CancelAsync();
    await Task.WhenAll(serving, relaying);
}

// The last sockets close on other threads.
for (var wait = 0; wait < 50 && Sockets() > before; wait++) await Task.Delay(100);
var left = Sockets() - before;
var (early, late) = (Median(samples.Skip(4).Take(8)), Median(samples.TakeLast(8)));
Console.WriteLine($"{requests} requests, {unanswered} unanswered, {crossed} crossed; memory {early.Memory / 1024} KiB, later {late.Memory / 1024} KiB; handles {early.Handles}, later {late.Handles}; sockets left at the end {left}");
var grows = late.Memory > early.Memory * 1.25 + (1 << 20) || late.Handles > early.Handles * 1.25 + 8;
return crossed > 0 || left > 0 || grows || requests == 0 ? 1 : 0;

async Task AskAsync(ConnectionPool<Socket> pool)
{
    var (sent, received) = (new byte[Message.Size], new byte[Message.Size]);
    while (!stop.IsCancellationRequested)
    {
        var number = Interlocked.Increment(ref requests);
        try
        {
            using var patience = new CancellationTokenSource(Message.Patience);
            await using var lease = await pool.RentAsync(stop.Token);
            BinaryPrimitives.WriteInt64LittleEndian(sent, number);
            (await lease.Connection.TrySendAsync(sent, patience.Token)).EnsureSent();
            if (!await Message.ReadAsync(lease.Connection, received, patience.Token))
            {
                Interlocked.Increment(ref unanswered);
                continue;
            }

            if (BinaryPrimitives.ReadInt64LittleEndian(received) != number) Interlocked.Increment(ref crossed);
            lease.Complete();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            Interlocked.Increment(ref unanswered);
        }
    }
}

// Assemblies and the runtime's own handles stay open; sockets must not.
static int Sockets() => !Directory.Exists("/proc/self/fd") ? 0 : Directory.GetFileSystemEntries("/proc/self/fd").Count(static f =>
{
    try
    {
        return new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
    }
    catch (IOException)
    {
        return false;
    }
});

static int Handles() => Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : Process.GetCurrentProcess().HandleCount;

static (long Memory, int Handles) Median(IEnumerable<(long Memory, int Handles)> samples)
{
    var all = samples.ToList();
    return (all.Select(s => s.Memory).Order().ElementAtOrDefault(all.Count / 2), all.Select(s => s.Handles).Order().ElementAtOrDefault(all.Count / 2));
}
