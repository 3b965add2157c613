using System.Net;
using System.Net.Sockets;
using LifecycleAnalyzers.Runtime;

namespace LifecycleAnalyzers.Samples.TcpProxy;

/// <summary>Accepts connections and relays each to the upstream server.</summary>
public sealed class Proxy
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _host;
    private readonly int _port;
    private readonly TimeSpan _grace;
    private readonly Action<string> _log;

    /// <summary>Listens; accepts nothing before <see cref="RunAsync"/>.</summary>
    public Proxy(IPEndPoint listen, string host, int port, TimeSpan grace, Action<string> log)
    {
        (_host, _port, _grace, _log) = (host, port, grace, log);
        _listener.Bind(listen);
        _listener.Listen(512);
    }

    /// <summary>Counts the accepted connections; its metrics are those of the program.</summary>
    public ConnectionTracker Connections { get; } = new(new ConnectionTrackerOptions { Name = "proxy" });

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Relays until the token is cancelled; then lets the open connections end, for a while.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using (_listener)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    // Whatever ends a relay is in its log line; a mistake in here is not to get lost either.
                    ServeAsync(await _listener.AcceptAsync(stop)).Observe(e => _log("A relay failed: " + e));
                }
                catch (OperationCanceledException)
                {
                    break;
                }
                catch (SocketException e)
                {
                    // The client was gone before it was accepted, or there are no handles left for now.
                    _log("Accepting failed: " + e.Message);
                    await Task.Delay(50, CancellationToken.None);
                }
            }
        }

        foreach (var left in await Connections.DrainAsync(_grace, CancellationToken.None))
        {
            _log("Closed at shutdown: " + left);
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        var name = accepted.RemoteEndPoint?.ToString();
        using var owned = accepted;
        using var tracked = Connections.Track(accepted, name: name);
        try
        {
            await using var pair = await ConnectionPair.ConnectAsync(accepted, async token => await SafeSocket.ConnectAsync(_host, _port, token));
            var result = await pair.RelayAsync();
            if (result.Exception is { } failure)
            {
                tracked.Fail(failure);
            }

            _log($"{name}: {result}");
        }
        catch (SocketException e)
        {
            // The pair has closed the accepted connection.
            tracked.Fail(e);
            _log($"{name}: {e.Message}");
        }
    }
}
