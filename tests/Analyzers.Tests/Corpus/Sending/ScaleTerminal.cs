// Frame parsers with callback properties, between a serial line and a cloud link.
using System.IO.Ports;
using System.Net.WebSockets;

namespace Corpus.Sending.ScaleTerminal;

public sealed class FrameParser
{
    public Action<byte[]>? OnFrame { get; set; }

    public Action<string>? OnBadFrame { get; init; }

    public Func<byte[], Task>? OnFrameAsync { get; set; }

    public void Feed(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4) OnBadFrame?.Invoke("short");
        else OnFrame?.Invoke(data.ToArray());
    }
}

public sealed class Terminal
{
    private readonly SerialPort _port;
    private readonly ClientWebSocket _cloud;

    public Terminal(SerialPort port, ClientWebSocket cloud, FrameParser fromPort)
    {
        (_port, _cloud) = (port, cloud);
        fromPort.OnFrame = frame => _port.Write(frame, 0, 1); //! LCA2001
        fromPort.OnFrameAsync = ForwardAsync;
        Reverse = new FrameParser
        {
            OnFrame = WriteToScale,
            OnBadFrame = reason => _port.WriteLine("NAK " + reason), //! LCA2001
        };
    }

    public FrameParser Reverse { get; }

    private async Task ForwardAsync(byte[] frame)
    {
        if (frame[0] == 0) return;
        await _cloud.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None); //! LCA2001
    }

    // ok LCA2001: asks the port
    private void WriteToScale(byte[] frame)
    {
        if (!_port.IsOpen) return;
        _port.Write(frame, 0, frame.Length);
    }
}

public sealed class CheckedTerminal
{
    private readonly SerialPort _port;
    private readonly ClientWebSocket _cloud;
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA2001: all three ways are guarded
    public CheckedTerminal(SerialPort port, ClientWebSocket cloud, FrameParser fromPort)
    {
        (_port, _cloud) = (port, cloud);
        fromPort.OnFrame = frame =>
        {
            if (CanWrite) _port.Write(frame, 0, 1);
        };
        fromPort.OnFrameAsync = ForwardAsync;
        Reverse = new FrameParser { OnBadFrame = reason => Complain(reason) };
    }

    public FrameParser Reverse { get; }

    private bool CanWrite => _port.IsOpen;

    private void Complain(string reason)
    {
        if (!CanWrite) return;
        _port.WriteLine("NAK " + reason);
    }

    private async Task ForwardAsync(byte[] frame)
    {
        await _gate.WaitAsync();
        try
        {
            if (_cloud.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
            await _cloud.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);
        }
        finally
        {
            _gate.Release();
        }
    }
}
