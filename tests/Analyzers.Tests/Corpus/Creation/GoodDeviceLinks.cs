// A device library as its author would like to see it used: the handlers are part of the way to open. Nothing to report.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.GoodDeviceLinks;

public enum LinkState { Created, Connected, Faulted, Closed }

/// <summary>A link that asks for its handler before it lets itself be opened.</summary>
public sealed class DeviceLink(ILogger log) : IAsyncDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly SemaphoreSlim _write = new(1, 1);
    private Task? _reading;

    public event EventHandler<Exception>? Faulted;
    public event EventHandler<ReadOnlyMemory<byte>>? Received;

    public LinkState State { get; private set; }

    public async Task ConnectAsync(EndPoint device, CancellationToken stop)
    {
        if (Faulted is null) throw new InvalidOperationException("attach Faulted first");
        await _client.Client.ConnectAsync(device, stop);
        State = LinkState.Connected;
        _reading = ReadAsync(stop);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        var buffer = new byte[1024];
        try
        {
            int count;
            while ((count = await _client.GetStream().ReadAsync(buffer, stop)) > 0)
                Received?.Invoke(this, buffer.AsMemory(0, count).ToArray());
            State = LinkState.Closed;
        }
        catch (Exception ex) when (ex is IOException or SocketException or ObjectDisposedException)
        {
            State = LinkState.Faulted;
            log.LogDebug(ex, "link lost");
            Faulted?.Invoke(this, ex);
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        await _write.WaitAsync(stop);
        try
        {
            if (State == LinkState.Connected) await _client.GetStream().WriteAsync(frame, stop);
        }
        finally
        {
            _write.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_reading is not null) await _reading;
        _write.Dispose();
    }
}

public sealed class Pump : IAsyncDisposable
{
    private readonly DeviceLink _link;
    private readonly ILogger<Pump> _log;
    private volatile bool _lost;

    public Pump(ILogger<Pump> log)
    {
        _log = log;
        _link = new DeviceLink(log);
        _link.Faulted += OnFaulted;
        _link.Received += OnReceived;
    }

    public Task StartAsync(EndPoint device, CancellationToken stop) => _link.ConnectAsync(device, stop);

    private void OnFaulted(object? sender, Exception ex)
    {
        _lost = true;
        _log.LogError(ex, "pump offline");
    }

    private void OnReceived(object? sender, ReadOnlyMemory<byte> frame) => _log.LogTrace("{Count} bytes", frame.Length);

    public bool Lost => _lost;

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}

public static class Pumps
{
    public static async Task<IReadOnlyList<Pump>> StartAllAsync(IEnumerable<EndPoint> devices, ILogger<Pump> log, CancellationToken stop)
    {
        var pumps = new List<Pump>();
        foreach (var device in devices)
        {
            var pump = new Pump(log);
            pumps.Add(pump);
            await pump.StartAsync(device, stop);
        }

        return pumps;
    }
}
