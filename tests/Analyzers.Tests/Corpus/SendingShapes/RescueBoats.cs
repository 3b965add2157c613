// Rescue boats and their station: sends that are right in ways of their own, and a few that are not.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using NATS.Client.Core;
using RabbitMQ.Client;

namespace Shapes.Sending.RescueBoats;

public interface IGuard<in T>
{
    bool Allows(T connection);
}

public sealed class OpenSockets : IGuard<WebSocket>
{
    public bool Allows(WebSocket connection) => connection.State == WebSocketState.Open;
}

public sealed class Boat(WebSocket link, IGuard<WebSocket> guard) : IAsyncDisposable
{
    private readonly Channel<string> _out = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Timer? _position, _heartbeat, _weather;

    public void Start(Func<string> position)
    {
        // ok LCA2001: only queues
        _position = new Timer(_ => _out.Writer.TryWrite(position()), null, 0, 1000);
        // ok LCA2001: a guard of one's own kind, by an interface
        _heartbeat = new Timer(_ =>
        {
            if (!guard.Allows(link)) return;
            SendAsync("alive").GetAwaiter().GetResult();
        }, null, 0, 5000);
        // ok LCA2001: the failure is seen where it is started
        _weather = new Timer(_ => SendAsync("weather").ContinueWith(t => Console.Error.WriteLine(t.Exception!.InnerException!.Message), TaskContinuationOptions.OnlyOnFaulted), null, 0, 60000);
    }

    private async Task SendAsync(string text)
    {
        await _turn.WaitAsync(_gone.Token);
        try
        {
            await link.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _gone.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    // ok LCA2001: a loop of one's own, by the channel
    public async Task PumpAsync()
    {
        await foreach (var text in _out.Reader.ReadAllAsync(_gone.Token))
            await SendAsync(text);
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _position?.Dispose();
        _heartbeat?.Dispose();
        _weather?.Dispose();
        link.Dispose();
    }
}

/// <summary>Broker clients that queue or come back by themselves.</summary>
public sealed class Station
{
    private readonly IProducer<string, string> _kafka;
    private readonly INatsConnection _nats;
    private readonly IChannel _rabbit;

    public Station(IProducer<string, string> kafka, INatsConnection nats, IChannel rabbit, FileSystemWatcher logs)
    {
        (_kafka, _nats, _rabbit) = (kafka, nats, rabbit);
        // ok LCA2001: Produce only queues
        logs.Created += (_, e) => _kafka.Produce("log", new Message<string, string> { Key = e.Name!, Value = e.FullPath });
        logs.Changed += OnChanged;
        logs.Deleted += async (_, e) => await RabbitAsync(e.Name!); //! LCA2001
    }

    // ok LCA2001: asked
    private void OnChanged(object sender, FileSystemEventArgs e)
    {
        if (_nats.ConnectionState != NatsConnectionState.Open) return;
        _nats.PublishAsync("log", e.FullPath).AsTask().GetAwaiter().GetResult();
    }

    private async Task RabbitAsync(string name)
    {
        var body = Encoding.UTF8.GetBytes(name);
        await _rabbit.BasicPublishAsync("", "deleted", body);
    }
}

/// <summary>The base station's old link: locks, monitors, flags.</summary>
public sealed class RadioLink : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly object _monitor = new();
    private bool _disposed;

    public RadioLink(TcpClient tcp, Action<EventHandler> whenRinging, Action<EventHandler> whenSilent)
    {
        _tcp = tcp;
        whenRinging(Ring);
        whenSilent(delegate { Write("silent"); });
    }

    // ok LCA2001: the flag under the monitor under which it is closed
    private void Ring(object? sender, EventArgs e)
    {
        var taken = false;
        try
        {
            Monitor.Enter(_monitor, ref taken);
            if (_disposed) return;
            Write("ring");
        }
        finally
        {
            if (taken) Monitor.Exit(_monitor);
        }
    }

    private void Write(string text) => _tcp.GetStream().Write(Encoding.ASCII.GetBytes(text)); //? LCA2004

    public void Dispose()
    {
        lock (_monitor)
        {
            if (_disposed) return;
            _disposed = true;
            _tcp.Dispose();
        }
    }
}

public sealed class Lifeline(Socket socket, Action<string> note)
{
    // ok LCA2003: the log and the exception's words only
    public void Pull(byte[] rope)
    {
        try
        {
            socket.Send(rope);
        }
        catch (SocketException e)
        {
            note($"{e.SocketErrorCode}, connected: {socket.Connected}");
            throw new IOException(socket.Connected ? "slow" : "lost", e);
        }
    }

    // ok LCA2003: whether to say goodbye
    public void Drop()
    {
        if (socket is { Connected: true })
        {
            socket.Shutdown(SocketShutdown.Send);
            socket.Disconnect(false);
        }
        socket.Close();
    }

    public int PullAll(IReadOnlyList<byte[]> ropes)
    {
        var i = 0;
        for (; i < ropes.Count && socket.Connected; i++) //! LCA2003
            socket.Send(ropes[i]);
        return i;
    }

    // ok LCA2005: rethrown unless it is closing
    public void PullUnlessClosing(byte[] rope, bool closing)
    {
        try
        {
            socket.Send(rope);
        }
        catch (Exception) when (closing)
        {
        }
    }

    // ok LCA2005: an answer by a variable that is asked
    public bool PullTwice(byte[] rope)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                socket.Send(rope);
                return true;
            }
            catch (Exception)
            {
                // again
            }
        }
        return false;
    }
}
