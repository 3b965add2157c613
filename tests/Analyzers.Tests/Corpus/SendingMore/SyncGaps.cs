// The same without async: a released lock, a sleep, code of others between the check and the send.
using System.IO.Ports;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using WebSocketSharp;
using WsState = WebSocketSharp.WebSocketState;

namespace Corpus.Sending.SyncGaps;

/// <summary>A line to a field device; it throws when it is not usable.</summary>
public sealed class FieldLink(Stream stream) : IDisposable
{
    private readonly object _sync = new();
    private bool _disposed;

    public bool IsUsable
    {
        get { lock (_sync) return !_disposed; }
    }

    public void Transmit(byte[] telegram)
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            stream.Write(telegram);
        }
    }

    // ok LCA2002: the answer tells whether it was sent
    public bool TryTransmit(byte[] telegram)
    {
        lock (_sync)
        {
            if (_disposed) return false;
            stream.Write(telegram);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            stream.Dispose();
        }
    }
}

public sealed class FieldController(FieldLink link, Func<int, byte[]> encode, ILogger log)
{
    private readonly object _state = new();
    private readonly ReaderWriterLockSlim _config = new();
    private readonly Queue<byte[]> _pending = new();
    private int _sequence;

    public event EventHandler<int>? Sending;

    public void SendNext()
    {
        byte[] next;
        lock (_state)
        {
            if (!link.IsUsable || _pending.Count == 0) return;
            next = _pending.Dequeue();
        }

        link.Transmit(next); //! LCA2002
    }

    // ok LCA2002: one lock around both
    public void SendNextLocked()
    {
        lock (_state)
        {
            if (!link.IsUsable || _pending.Count == 0) return;
            link.Transmit(_pending.Dequeue());
        }
    }

    // ok LCA2002: the guard answers whether it was sent
    public void SendNextTried()
    {
        byte[] next;
        lock (_state)
        {
            if (!link.IsUsable || _pending.Count == 0) return;
            next = _pending.Dequeue();
        }

        if (!link.TryTransmit(next)) log.LogInformation("link closed, telegram dropped");
    }

    public void SendConfigured(int value)
    {
        _config.EnterReadLock();
        var usable = link.IsUsable;
        _config.ExitReadLock();
        if (usable) link.Transmit([(byte)value]); //! LCA2002
    }

    // ok LCA2002: no lock is left between
    public void SendPlain(int value)
    {
        var usable = link.IsUsable;
        if (usable) link.Transmit([(byte)value]);
    }

    public void SendRetried(byte[] telegram)
    {
        for (var attempt = 0; attempt < 3 && link.IsUsable; attempt++)
        {
            Thread.Sleep(50 * attempt);
            link.Transmit(telegram); //! LCA2002
        }
    }

    // ok LCA2002: asked after the pause
    public void SendRetriedChecked(byte[] telegram)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Thread.Sleep(50 * attempt);
            if (!link.IsUsable) break;
            link.Transmit(telegram);
        }
    }

    public void SendEncoded(int value)
    {
        if (!link.IsUsable) return;
        var telegram = encode(value);
        link.Transmit(telegram); //! LCA2002
    }

    // ok LCA2002: the others' code runs before the check
    public void SendEncodedFirst(int value)
    {
        var telegram = encode(value);
        if (!link.IsUsable) return;
        link.Transmit(telegram);
    }

    public void SendAnnounced(byte[] telegram)
    {
        if (link is not { IsUsable: true }) return;
        Sending?.Invoke(this, Interlocked.Increment(ref _sequence));
        link.Transmit(telegram); //! LCA2002
    }

    // ok LCA2002: a subscriber may close the link; that is caught
    public void SendAnnouncedCaught(byte[] telegram)
    {
        if (!link.IsUsable) return;
        Sending?.Invoke(this, Interlocked.Increment(ref _sequence));
        try
        {
            link.Transmit(telegram);
        }
        catch (ObjectDisposedException)
        {
            lock (_state) _pending.Enqueue(telegram);
        }
    }

    // ok LCA2002: arithmetic, logging and formatting are no gap
    public void SendStamped(byte[] telegram)
    {
        if (!link.IsUsable) return;
        telegram[0] = (byte)Interlocked.Increment(ref _sequence);
        log.LogTrace("telegram {Sequence} of {Length} bytes", telegram[0], telegram.Length);
        var copy = telegram.ToArray();
        link.Transmit(copy);
    }
}

public sealed class SerialDisplay(SerialPort port)
{
    public void Blink(string text)
    {
        if (!port.IsOpen) return;
        port.Write(text);
        Thread.Sleep(500);
        port.Write("\f"); //! LCA2002
    }

    // ok LCA2002: asks again after the pause
    public void BlinkChecked(string text)
    {
        if (!port.IsOpen) return;
        port.Write(text);
        Thread.Sleep(500);
        if (port.IsOpen) port.Write("\f");
    }

    // ok LCA2002: the failure of the late one is caught
    public void BlinkCaught(string text)
    {
        if (!port.IsOpen) return;
        port.Write(text);
        Thread.Sleep(500);
        try
        {
            port.Write("\f");
        }
        catch (InvalidOperationException)
        {
            Console.Error.WriteLine("display unplugged");
        }
    }
}

public sealed class Ticker(WebSocketSharp.WebSocket socket)
{
    private readonly object _quotes = new();
    private string _last = "";

    public void Flush()
    {
        if (socket.ReadyState != WsState.Open) return;
        string text;
        lock (_quotes)
        {
            text = _last;
            _last = "";
        }

        socket.Send(text); //! LCA2002
    }

    // ok LCA2002: takes the text out, then asks
    public void FlushChecked()
    {
        string text;
        lock (_quotes)
        {
            text = _last;
            _last = "";
        }

        if (socket.ReadyState == WsState.Open) socket.Send(text);
    }

    public void Countdown(Action<int> onStep)
    {
        if (socket.ReadyState is not WsState.Open) return;
        for (var i = 3; i > 0; i--) onStep(i);
        socket.Send("go"); //! LCA2002
    }
}

/// <summary>The getter checks under its lock and returns: that is the helper's business, no gap of the sender's.</summary>
public sealed class LinkHolder(Func<FieldLink> open)
{
    private readonly object _sync = new();
    private FieldLink? _link;

    private FieldLink Usable
    {
        get
        {
            lock (_sync)
            {
                if (_link is not { IsUsable: true }) _link = open();
                return _link;
            }
        }
    }

    // ok LCA2002: sent at once on what the getter has just validated
    public void Send(byte[] telegram) => Usable.Transmit(telegram);

    // ok LCA2002: the same, in two steps
    public void SendTwo(byte[] first, byte[] second)
    {
        var link = Usable;
        link.Transmit(first);
        Usable.Transmit(second);
    }
}
