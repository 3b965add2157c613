// Notifications between Postgres, Redis and clients, and a serial display, old style and new.
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;
using StackExchange.Redis;

namespace Field.Sending.DatabaseNotices;

public sealed class NoticeForwarder
{
    private readonly NpgsqlConnection _db;
    private readonly NetworkStream _out;

    public NoticeForwarder(NpgsqlConnection db, NetworkStream output)
    {
        _db = db;
        _out = output;
        _db.Notification += OnNotification;
        _db.StateChange += (_, e) => { if (e.CurrentState == System.Data.ConnectionState.Closed) Tell("closed"); }; //! LCA2001
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs e)
    {
        try
        {
            Tell(e.Payload);
        }
        catch (IOException)
        {
            _db.Notification -= OnNotification;
        }
        catch (ObjectDisposedException)
        {
            _db.Notification -= OnNotification;
        }
    }

    private void Tell(string text) => _out.Write(System.Text.Encoding.UTF8.GetBytes(text)); //! LCA2004
}

public sealed class KeySpace(ISubscriber subscriber, Socket display)
{
    public void Watch()
    {
        subscriber.Subscribe("__keyspace@0__:*", (channel, value) =>
        {
            string text = value!;
            display.Send(System.Text.Encoding.ASCII.GetBytes(text)); //! LCA2001
        });
    }

    // ok LCA2001: the multiplexer reconnects and queues by itself; display guarded by a try
    public void WatchSafe(IDatabase db)
    {
        subscriber.Subscribe("ticks", (_, value) =>
        {
            try
            {
                display.Send([1]);
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        });
    }
}

public static class Streams
{
    // ok LCA2002: an async iterator that only reads
    public static async IAsyncEnumerable<int> LengthsAsync(Socket socket, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var buffer = new byte[256];
        int n;
        while ((n = await socket.ReceiveAsync(buffer, SocketFlags.None, stop)) > 0) yield return n;
    }

    public static async IAsyncEnumerable<int> AskAllAsync(Socket socket, IAsyncEnumerable<byte[]> questions, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await foreach (var question in questions.WithCancellation(stop))
        {
            if (!socket.Connected) yield break; //! LCA2003
            yield return await socket.SendAsync(question, SocketFlags.None, stop);
        }
    }
}

public sealed class DisplayService : Microsoft.Extensions.Hosting.IHostedService
{
    private readonly TcpClient _display = new();
    private Timer? _refresh;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _display.ConnectAsync("display", 9100, cancellationToken);
        _refresh = new Timer(Refresh, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private void Refresh(object? state)
    {
        var stream = _display.GetStream();
        stream.Write("\f"u8); //! LCA2001
        stream.Flush();
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _refresh?.Dispose();
        _display.Close();
        return Task.CompletedTask;
    }
}

public sealed class CheckedDisplayService : Microsoft.Extensions.Hosting.IHostedService
{
    private readonly TcpClient _display = new();
    private Timer? _refresh;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _display.ConnectAsync("display", 9100, cancellationToken);
        _refresh = new Timer(Refresh, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    // ok LCA2001: Connected counts here; it is another rule's that it is a poor check
    private void Refresh(object? state)
    {
        if (!_display.Connected) return; //! LCA2003
        var stream = _display.GetStream();
        stream.Write("\f"u8);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _refresh?.Dispose();
        _display.Close();
        return Task.CompletedTask;
    }
}
