// Delegates given to somebody who decides when to run them.
using System.Net.Sockets;
using System.Net.WebSockets;
using Fleck;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core;
using StackExchange.Redis;

namespace Corpus.Sending.Registrations;

public sealed class Cancelling(WebSocket ws)
{
    public void Bind(CancellationToken stop)
    {
        stop.Register(() => ws.SendAsync("cancel"u8.ToArray(), WebSocketMessageType.Text, true, default)); //! LCA2001
        //? LCA1004 LCA2004
    }

    // ok LCA2001: checked
    public void BindChecked(CancellationToken stop)
    {
        stop.Register(() =>
        {
            if (ws.State is WebSocketState.Open or WebSocketState.CloseReceived)
                ws.SendAsync("cancel"u8.ToArray(), WebSocketMessageType.Text, true, default).Wait(); //? LCA2004
        });
    }

    public void BindUnsafe(CancellationToken stop, Socket socket)
    {
        stop.UnsafeRegister(static s => ((Socket)s!).Send([0xFF]), socket); //! LCA2001
    }
}

public sealed class Continuing(NetworkStream stream)
{
    public Task RunAsync(Task<byte[]> computed)
    {
        return computed.ContinueWith(t => stream.Write(t.Result, 0, t.Result.Length)); //! LCA2001 LCA2004
    }

    // ok LCA2001: after an await it is the method itself that sends
    public async Task RunAwaitedAsync(Task<byte[]> computed)
    {
        var bytes = await computed;
        await stream.WriteAsync(bytes);
    }

    // ok LCA2001: a flow of one's own
    public Task RunOwn(byte[] bytes) => Task.Run(() => stream.Write(bytes, 0, bytes.Length));

    // ok LCA2001
    public void RunThread(byte[] bytes) => new Thread(() => SendLoop(bytes)).Start();

    private void SendLoop(byte[] bytes)
    {
        try { stream.Write(bytes, 0, bytes.Length); } catch (IOException) { } catch (ObjectDisposedException) { }
    }
}

public sealed class Queueing(Socket socket, SynchronizationContext context)
{
    public void Work(byte[] frame)
    {
        ThreadPool.QueueUserWorkItem(_ => socket.Send(frame)); //! LCA2001
    }

    public void WorkTyped(byte[] frame)
    {
        ThreadPool.UnsafeQueueUserWorkItem(SendItem, frame, preferLocal: false);
    }

    private void SendItem(byte[] frame)
    {
        socket.Send(frame); //! LCA2001
    }

    public void Wait(WaitHandle handle)
    {
        ThreadPool.RegisterWaitForSingleObject(handle, (_, timedOut) => { if (!timedOut) socket.Send([1]); }, null, 1000, true); //! LCA2001
    }

    public void Post(byte[] frame)
    {
        context.Post(_ => socket.Send(frame), null); //! LCA2001
    }

    public void PostState(byte[] frame) => context.Post(OnPosted, frame);

    // ok LCA2001
    private void OnPosted(object? state)
    {
        if (!socket.Connected) return; //? LCA2003
        socket.Send((byte[])state!);
    }
}

public sealed class Observing(NatsConnection nats)
{
    public IDisposable Follow(IObservable<int> numbers) => numbers.Subscribe(new Observer(nats));

    private sealed class Observer(NatsConnection nats) : IObserver<int>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void OnNext(int value)
        {
            nats.PublishAsync("numbers", value).AsTask().Wait(); //? LCA2001
        }
    }

    private sealed class CheckedObserver(NatsConnection nats) : IObserver<int>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) { }

        // ok LCA2001
        public void OnNext(int value)
        {
            if (nats.ConnectionState != NatsConnectionState.Open) return;
            nats.PublishAsync("numbers", value).AsTask().Wait();
        }
    }

    public IDisposable FollowChecked(IObservable<int> numbers) => numbers.Subscribe(new CheckedObserver(nats));
}

public sealed class Configured(Func<IChangeToken> reload, HubConnection hub, ISubscriber redis, WebSocket ws)
{
    public IDisposable Watch() =>
        ChangeToken.OnChange(reload, () => hub.SendAsync("reloaded", 1).Wait()); //! LCA2001

    // ok LCA2001: a Try member of ours
    public IDisposable WatchTried() => ChangeToken.OnChange(reload, () => TrySay("reloaded"));

    private bool TrySay(string text)
    {
        if (hub.State != HubConnectionState.Connected) return false;
        hub.SendAsync(text, 1).Wait();
        return true;
    }

    public void Bridge()
    {
        redis.Subscribe("news", (_, value) => ws.SendAsync((byte[])value!, WebSocketMessageType.Text, true, default).Wait()); //! LCA2001
        //? LCA2004
    }

    public void Hub()
    {
        hub.On<string>("echo", async text => await hub.SendAsync("echoed", text)); //! LCA2001
    }

    // ok LCA2001: a switch expression on the state decides
    public void HubChecked() => hub.On<string>("echo", text => hub.State switch
    {
        HubConnectionState.Connected => hub.SendAsync("echoed", text),
        _ => Task.CompletedTask,
    });
}

public sealed class FleckRooms
{
    private readonly List<IWebSocketConnection> _all = new();

    public void Start(WebSocketServer server, TcpClient upstream)
    {
        server.Start(socket =>
        {
            socket.OnOpen = () => _all.Add(socket);
            socket.OnClose = () => _all.Remove(socket);
            socket.OnMessage = text => upstream.GetStream().Write(System.Text.Encoding.UTF8.GetBytes(text)); //! LCA2001
        });
    }

    public void StartChecked(WebSocketServer server)
    {
        server.Start(socket =>
        {
            socket.OnMessage = text =>
            {
                // ok LCA2001
                foreach (var other in _all)
                    if (other.IsAvailable) other.Send(text).Wait();
            };
        });
    }

    public void Goodbye(WebSocketServer server)
    {
        server.Start(socket =>
        {
            socket.OnClose = () =>
            {
                foreach (var other in _all) other.Send("left").Wait(); //! LCA2001
            };
        });
    }
}
