// Telemetry uplinks: loops, drops and time limits of tasks that nobody awaits.
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ways.Telemetry;

public record struct Sample(long At, double Value);

public partial class Uplink(NetworkStream stream, ILogger<Uplink> log) : IAsyncDisposable
{
    private readonly Channel<Sample> _samples = Channel.CreateBounded<Sample>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _stop = new();
    private Task _forgotten = Task.CompletedTask;
    private Task? _kept;

    public void StartDiscarding() => _ = PumpAsync(_stop.Token); //! LCA1004

    public void StartOnPool() => Task.Run(() => PumpAsync(_stop.Token)); //! LCA1004

    public void StartForgotten() => _forgotten = PumpAsync(_stop.Token); //! LCA1004

    public void StartLong()
    {
        Task.Factory.StartNew(() => ReadCommands(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); //! LCA1004
    }

    public void StartLocal()
    {
        var pump = Loop(); //! LCA1004
        log.LogInformation("pump started");

        async Task Loop()
        {
            await foreach (var (at, value) in _samples.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
                await stream.WriteAsync(BitConverter.GetBytes(at + value), _stop.Token);
        }
    }

    public void StartKept() => _kept = PumpAsync(_stop.Token);

    public void StartWatched() => PumpAsync(_stop.Token).ContinueWith(t => log.LogError(t.Exception, "pump ended"), TaskContinuationOptions.OnlyOnFaulted);

    public void StartForgetting() => PumpAsync(_stop.Token).Forget(log);

    public void StartGuarded() => _ = GuardedAsync(_stop.Token);

    private async Task GuardedAsync(CancellationToken stop)
    {
        try
        {
            await PumpAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        catch (Exception e)
        {
            log.LogError(e, "pump ended");
        }
    }

    public async Task SendWithinAsync(byte[] frame, TimeSpan limit)
    {
        await Task.WhenAny(stream.WriteAsync(frame, 0, frame.Length), Task.Delay(limit)); //! LCA1004
    }

    public async Task SendOrCloseAsync(byte[] frame, TimeSpan limit)
    {
        var write = stream.WriteAsync(frame, 0, frame.Length);
        if (await Task.WhenAny(write, Task.Delay(limit)) == write)
        {
            await write;
            return;
        }

        stream.Dispose();
        await write;
    }

    public void SendBlocking(byte[] frame)
    {
        if (!stream.WriteAsync(frame, 0, frame.Length).Wait(2_000)) //! LCA1004
            throw new TimeoutException("uplink is slow");
    }

    public async Task SendLinkedAsync(byte[] frame, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        await stream.WriteAsync(frame, limit.Token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_kept is { IsCompletedSuccessfully: false } pump)
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stream.DisposeAsync();
    }
}

partial class Uplink
{
    private async Task PumpAsync(CancellationToken stop)
    {
        using PeriodicTimer beat = new(TimeSpan.FromSeconds(1));
        while (await beat.WaitForNextTickAsync(stop))
        {
            while (_samples.Reader.TryRead(out var sample))
                await stream.WriteAsync(BitConverter.GetBytes(sample.Value), stop);
        }
    }

    private void ReadCommands()
    {
        var one = new byte[1];
        while (stream.Read(one) > 0) log.LogDebug("command {Command}", one[0]);
    }
}

internal static class TaskExtensions
{
    public static async void Forget(this Task task, ILogger log)
    {
        try { await task.ConfigureAwait(false); }
        catch (Exception e) { log.LogWarning(e, "in the background"); }
    }
}

public sealed class UplinkHost(TcpListener listener, ILogger<UplinkHost> log) : BackgroundService
{
    private readonly HashSet<Task> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var peer = await listener.AcceptTcpClientAsync(stoppingToken);
            _running.RemoveWhere(static t => t.IsCompleted);
            _running.Add(Serve(peer, stoppingToken));
        }

        await Task.WhenAll(_running);
    }

    private async Task Serve(TcpClient peer, CancellationToken stop)
    {
        using (peer)
        {
            try { await peer.GetStream().CopyToAsync(Stream.Null, stop); }
            catch (Exception e) when (e is IOException or OperationCanceledException) { log.LogInformation(e, "peer gone"); }
        }
    }
}
