// Service discovery by UDP beacons: a periodic announcement, a receive loop, a leaving datagram.
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodDiscovery;

public sealed class Beacon : IAsyncDisposable
{
    private readonly UdpClient _udp;
    private readonly IPEndPoint _group;
    private readonly byte[] _hello;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<IPEndPoint, DateTime> _seen = new();
    private readonly SemaphoreSlim _announceNow = new(0, 1);
    private Task _running = Task.CompletedTask;

    public Beacon(UdpClient udp, IPEndPoint group, string service, ILogger log)
    {
        (_udp, _group, _log) = (udp, group, log);
        _hello = Encoding.UTF8.GetBytes("HELLO " + service);
        NetworkChange.NetworkAddressChanged += OnAddressChanged;
    }

    public IReadOnlyCollection<IPEndPoint> Peers => _seen.Keys.ToArray();

    public void Start() => _running = Task.WhenAll(AnnounceAsync(_stop.Token), ListenAsync(_stop.Token));

    // wakes the loop; the loop sends
    private void OnAddressChanged(object? sender, EventArgs e)
    {
        try
        {
            _announceNow.Release();
        }
        catch (SemaphoreFullException)
        {
            _log.LogTrace("announcement is pending");
        }
    }

    private async Task AnnounceAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _udp.SendAsync(_hello, _group, stop);
                await _announceNow.WaitAsync(TimeSpan.FromSeconds(10), stop);
            }
            catch (SocketException ex)
            {
                _log.LogDebug(ex, "no network");
                await Task.Delay(1000, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveAsync(stop);
                _seen[received.RemoteEndPoint] = DateTime.UtcNow;
            }
        }
        catch (OperationCanceledException)
        {
            _log.LogDebug("stopped listening");
        }
    }

    public async ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= OnAddressChanged;
        await _stop.CancelAsync();
        await _running;
        await _udp.SendAsync(Encoding.UTF8.GetBytes("BYE"), _group);
        _udp.Dispose();
        _stop.Dispose();
    }
}
