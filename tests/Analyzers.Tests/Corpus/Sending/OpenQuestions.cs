// Shapes on which the contract leaves room: they may be reported.
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.OpenQuestions;

public sealed class Probe
{
    public event EventHandler<byte[]>? Sampled;
    public event EventHandler<byte[]>? Overrun;
    public event EventHandler? Stopped;
    public event EventHandler? Connected;

    public void Simulate(byte[] data)
    {
        Connected?.Invoke(this, EventArgs.Empty);
        Sampled?.Invoke(this, data);
        Overrun?.Invoke(this, data);
        Stopped?.Invoke(this, EventArgs.Empty);
    }
}

public sealed class ProbeUplink
{
    private readonly Socket _socket;
    private readonly WebSocket _web;
    private readonly PipeWriter _pipe;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _log;

    public ProbeUplink(Socket socket, WebSocket web, PipeWriter pipe, Probe probe, ILogger log)
    {
        (_socket, _web, _pipe, _log) = (socket, web, pipe, log);
        probe.Sampled += OnSampled;
        probe.Overrun += OnOverrun;
        probe.Stopped += OnStopped;
        // another connection's Connected
        probe.Connected += (_, _) => _socket.Send([1]); //? LCA2001
    }

    // one of the two exceptions of a closing socket
    private void OnSampled(object? sender, byte[] data)
    {
        try
        {
            _socket.Send(data); //? LCA2001
        }
        catch (SocketException ex)
        {
            _log.LogWarning(ex, "not sent");
        }
    }

    // a flow of its own, started in a callback
    private void OnOverrun(object? sender, byte[] data)
    {
        _ = Task.Run(() => _web.SendAsync(data, WebSocketMessageType.Binary, true, default)); //? LCA2001
    }

    // the token stands for the closing flag, perhaps
    private async void OnStopped(object? sender, EventArgs e)
    {
        if (_stop.IsCancellationRequested) return;
        await _pipe.WriteAsync(Encoding.ASCII.GetBytes("stopped"), _stop.Token); //? LCA2001
    }

    public void Stop() => _stop.Cancel();
}

public sealed class ProbeEcho(Socket socket, HttpClient http)
{
    private readonly byte[] _buffer = new byte[512];
    private Timer? _timer;

    public void Start()
    {
        socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
        _timer = new Timer(async _ => await http.PostAsync("http://127.0.0.1/alive", null), null, 1000, 1000); //? LCA2001
    }

    // what has just been received on the same socket
    private void OnReceived(IAsyncResult result)
    {
        var count = socket.EndReceive(result);
        if (count <= 0) return;
        socket.Send(_buffer, 0, count, SocketFlags.None); //? LCA2001
    }

    public void Stop() => _timer?.Dispose();
}
