// Old drivers: Begin/End pairs, SocketAsyncEventArgs and delegates kept in fields.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Sites.Sending.PlcApm;

/// <summary>What the field bus says is told to the control room, from the AsyncCallback.</summary>
public sealed class FieldToRoom(Socket field, Socket room, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];

    public void Start() => field.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnFieldData, null);

    private void OnFieldData(IAsyncResult ar)
    {
        int read;
        try
        {
            read = field.EndReceive(ar);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            log.LogInformation(e, "field side closed");
            room.Close();
            return;
        }

        if (read == 0)
        {
            room.Close();
            return;
        }

        room.Send(_buffer, 0, read, SocketFlags.None); //! LCA2001
        Again();
    }

    private void Again()
    {
        try
        {
            field.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnFieldData, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            log.LogInformation(e, "field side closed");
            room.Close();
        }
    }
}

/// <summary>The same relay with the whole turn in one try.</summary>
public sealed class CarefulFieldToRoom(Socket field, Socket room, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];

    public void Start() => field.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnFieldData, null);

    // ok LCA2001: receive, send and the next receive share one try
    private void OnFieldData(IAsyncResult ar)
    {
        try
        {
            var read = field.EndReceive(ar);
            if (read == 0)
            {
                room.Close();
                return;
            }

            room.Send(_buffer, 0, read, SocketFlags.None);
            field.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnFieldData, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            log.LogInformation(e, "relay ended");
            field.Close();
            room.Close();
        }
    }
}

/// <summary>SAEA on the upstream side; its SocketError says nothing of the downstream socket.</summary>
public sealed class SaeaRepeater : IDisposable
{
    private readonly Socket _upstream, _downstream;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly ILogger _log;

    public SaeaRepeater(Socket upstream, Socket downstream, ILogger log)
    {
        (_upstream, _downstream, _log) = (upstream, downstream, log);
        _receive.SetBuffer(new byte[2048]);
        _receive.Completed += OnReceived;
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            _log.LogInformation("upstream ended with {Error}", e.SocketError);
            return;
        }

        Repeat(e.MemoryBuffer.Span[..e.BytesTransferred]); //! LCA2001
    }

    private void Repeat(ReadOnlySpan<byte> data)
    {
        _downstream.Send("REP "u8);
        _downstream.Send(data);
    }

    public void Dispose()
    {
        _receive.Dispose();
        _upstream.Dispose();
        _downstream.Dispose();
    }
}

public interface ITelegramChannel : IDisposable
{
    event EventHandler? Faulted;
    event EventHandler<byte[]>? TelegramReceived;
    bool IsConnected { get; }
    void Transmit(byte[] telegram);
    void Disconnect();
}

/// <summary>A delegate in a field, assigned in two places: each is known, and neither asks.</summary>
public sealed class TelegramDispatcher
{
    private readonly ITelegramChannel _room;
    private Action<byte[]> _handle;

    public TelegramDispatcher(ITelegramChannel plc, ITelegramChannel room)
    {
        _room = room;
        _handle = Forward;
        plc.TelegramReceived += OnTelegram;
    }

    public void Compact() => _handle = telegram => _room.Transmit(telegram[..4]);

    private void OnTelegram(object? sender, byte[] telegram)
    {
        if (telegram.Length < 4) return;
        _handle(telegram); //! LCA2001
    }

    private void Forward(byte[] telegram) => _room.Transmit(telegram);
}

public sealed class CheckedTelegramDispatcher
{
    private readonly ITelegramChannel _room;
    private Action<byte[]> _handle;

    public CheckedTelegramDispatcher(ITelegramChannel plc, ITelegramChannel room)
    {
        _room = room;
        _handle = Forward;
        plc.TelegramReceived += OnTelegram;
    }

    public void Compact() => _handle = Shorten;

    // ok LCA2001: whichever delegate is in the field, it asks the room's channel
    private void OnTelegram(object? sender, byte[] telegram) => _handle(telegram);

    private void Forward(byte[] telegram)
    {
        if (_room.IsConnected) _room.Transmit(telegram);
    }

    private void Shorten(byte[] telegram)
    {
        if (!_room.IsConnected) return;
        _room.Transmit(telegram[..4]);
    }
}

/// <summary>The old poller: work items, a captured synchronization context, a continuation.</summary>
public sealed class StationPoller(ITelegramChannel station, SynchronizationContext ui, ILogger log)
{
    public void PollSoon(byte[] telegram)
    {
        ThreadPool.QueueUserWorkItem(_ => station.Transmit(telegram)); //! LCA2001
    }

    // ok LCA2001: the work item asks
    public void PollSoonChecked(byte[] telegram) =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            if (station.IsConnected) station.Transmit(telegram);
        });

    public void PollOnUi(byte[] telegram)
    {
        ui.Post(PostTelegram, telegram);

        void PostTelegram(object? state)
        {
            log.LogTrace("poll");
            station.Transmit((byte[])state!); //! LCA2001
        }
    }

    // ok LCA2001: asks when it runs, not when it is posted
    public void PollOnUiChecked(byte[] telegram) => ui.Post(state =>
    {
        if (!station.IsConnected)
        {
            log.LogDebug("station gone");
            return;
        }

        station.Transmit((byte[])state!);
    }, telegram);

    public void PollWhenRead(string recipe)
    {
        log.LogDebug("reading {Recipe}", recipe);
        File.ReadAllBytesAsync(recipe).ContinueWith(read => station.Transmit(read.Result), TaskContinuationOptions.OnlyOnRanToCompletion); //! LCA2001 //? LCA1004
    }

    // ok LCA2001: a thread of its own is no callback
    public Task PollForeverAsync(byte[] telegram, CancellationToken ct) => Task.Run(async () =>
    {
        while (!ct.IsCancellationRequested)
        {
            station.Transmit(telegram);
            await Task.Delay(1000, ct);
        }
    }, ct);

    public IDisposable SayGoodbyeOn(CancellationToken stop) =>
        stop.Register(() => station.Transmit("BYE"u8.ToArray())); //! LCA2001

    // ok LCA2001: closes only
    public IDisposable CloseOn(CancellationToken stop) => stop.Register(() => station.Disconnect());
}

/// <summary>Taking the handler off when closing begins proves nothing: the event may be on its way.</summary>
public sealed class DetachingRelay : IDisposable
{
    private readonly ITelegramChannel _plc, _room;

    public DetachingRelay(ITelegramChannel plc, ITelegramChannel room)
    {
        (_plc, _room) = (plc, room);
        _plc.TelegramReceived += OnTelegram;
    }

    private void OnTelegram(object? sender, byte[] telegram) => _room.Transmit(telegram); //! LCA2001

    public void Dispose()
    {
        _plc.TelegramReceived -= OnTelegram;
        _plc.Disconnect();
        _room.Disconnect();
    }
}
