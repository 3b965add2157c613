// A statsd emitter: counters are collected and flushed by a timer; settings are no state.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Corpus.Sending.StatsdEmitter;

public sealed class EmitterOptions
{
    public bool Enabled { get; set; } = true;

    public int Interval { get; set; } = 10_000;
}

public sealed class Emitter : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counters = new();
    private readonly EmitterOptions _options;
    private readonly UdpClient _udp;
    private readonly Timer _timer;
    private bool _paused;

    public Emitter(EmitterOptions options, UdpClient udp)
    {
        (_options, _udp) = (options, udp);
        _timer = new Timer(Flush, null, options.Interval, options.Interval);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => SendAll(); //! LCA2001
    }

    // ok LCA2001: stores only
    public void Count(string name) => _counters.AddOrUpdate(name, 1, (_, old) => old + 1);

    public void Pause(bool paused) => _paused = paused;

    private void Flush(object? state)
    {
        // what the user wants says nothing about the socket
        if (!_options.Enabled || _paused || _counters.IsEmpty) return;
        SendAll(); //! LCA2001
    }

    private void SendAll()
    {
        foreach (var (name, value) in _counters) SendOne($"{name}:{value}|c");
    }

    private void SendOne(string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line);
        _udp.Send(bytes, bytes.Length);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _udp.Dispose();
    }
}

public sealed class DisposableEmitter : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counters = new();
    private readonly UdpClient _udp;
    private readonly Timer _timer;
    private readonly object _gate = new();
    private bool _disposed;

    public DisposableEmitter(UdpClient udp, int interval)
    {
        _udp = udp;
        _timer = new Timer(Flush, null, interval, interval);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    // ok LCA2001: flag and send under the lock that Dispose takes
    private void Flush(object? state)
    {
        lock (_gate)
        {
            if (_disposed) return;
            SendAll();
        }
    }

    // ok LCA2001: a datagram socket that fails says so with SocketException or ObjectDisposedException
    private void OnExit(object? sender, EventArgs e)
    {
        try
        {
            SendAll();
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine("last counters lost: " + ex.Message);
        }
    }

    private void SendAll()
    {
        foreach (var (name, value) in _counters)
        {
            var bytes = Encoding.ASCII.GetBytes($"{name}:{value}|c");
            _udp.Send(bytes, bytes.Length);
        }
    }

    public void Count(string name) => _counters.AddOrUpdate(name, 1, (_, old) => old + 1);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _timer.Dispose();
            _udp.Dispose();
        }
    }
}
