// Timeouts that walk away from the operation.
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Abandoned;

public sealed class MeterReader(string host, int port, ILogger log)
{
    public async Task<TcpClient> DialAsync(TimeSpan limit)
    {
        var client = new TcpClient(); //? LCA1003
        var connecting = client.ConnectAsync(host, port); //? LCA1008
        if (await Task.WhenAny(connecting, Task.Delay(limit)) != connecting) //! LCA1004
            throw new TimeoutException();
        await connecting;
        return client;
    }

    // ok LCA1004: on the timeout the client is closed
    public async Task<TcpClient> DialClosingAsync(TimeSpan limit)
    {
        var client = new TcpClient(); //? LCA1003
        var connecting = client.ConnectAsync(host, port); //? LCA1008
        if (await Task.WhenAny(connecting, Task.Delay(limit)) != connecting)
        {
            client.Dispose();
            throw new TimeoutException();
        }
        await connecting;
        return client;
    }

    // ok LCA1004: cancelled
    public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var reading = stream.ReadAsync(buffer, cts.Token).AsTask();
        var first = await Task.WhenAny(reading, Task.Delay(limit));
        if (first != reading)
        {
            cts.Cancel();
            throw new TimeoutException();
        }
        return await reading;
    }

    public async Task<int> ReadLooseAsync(NetworkStream stream, byte[] buffer, TimeSpan limit)
    {
        var reading = stream.ReadAsync(buffer).AsTask();
        var delay = Task.Delay(limit);
        var first = await Task.WhenAny(delay, reading); //! LCA1004
        if (first == delay)
        {
            log.LogWarning("no answer within {Limit}", limit);
            return 0;
        }
        return await reading;
    }

    public void ConnectBlocking(Socket socket, TimeSpan limit)
    {
        var connecting = socket.ConnectAsync(host, port); //? LCA1008
        if (!connecting.Wait(limit)) //! LCA1004
            throw new TimeoutException();
    }

    // ok LCA1004: closed on the way out
    public void ConnectBlockingSafe(Socket socket, TimeSpan limit)
    {
        if (!socket.ConnectAsync(host, port).Wait(limit)) //? LCA1008
        {
            socket.Close();
            throw new TimeoutException();
        }
    }

    public async Task<int> ReadWaitingAsync(NetworkStream stream, byte[] buffer, TimeSpan limit)
    {
        return await stream.ReadAsync(buffer).AsTask().WaitAsync(limit); //! LCA1004
    }

    // ok LCA1004: closes the stream when it gives up waiting
    public async Task<int> ReadWaitingClosedAsync(NetworkStream stream, byte[] buffer, TimeSpan limit)
    {
        try
        {
            return await stream.ReadAsync(buffer).AsTask().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            stream.Dispose();
            throw;
        }
    }

    // ok LCA1004: a token of its own
    public async Task<TcpClient> DialBoundedAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, cts.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

public static class Tunnels
{
    // ok LCA1004: two directions, then both ends are closed
    public static async Task RunAsync(TcpClient left, TcpClient right, CancellationToken stop)
    {
        var up = left.GetStream().CopyToAsync(right.GetStream(), stop);
        var down = right.GetStream().CopyToAsync(left.GetStream(), stop);
        await Task.WhenAny(up, down);
        left.Close();
        right.Close();
    }

    public static async Task<WebSocketReceiveResult?> PollAsync(WebSocket socket, byte[] buffer)
    {
        var receiving = socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
        var winner = await Task.WhenAny(receiving, Task.Delay(1000)); //! LCA1004
        return winner == receiving ? receiving.Result : null;
    }

    // ok LCA1004: what loses is observed
    public static async Task<WebSocketReceiveResult?> PollObservedAsync(WebSocket socket, byte[] buffer)
    {
        var receiving = socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
        var winner = await Task.WhenAny(receiving, Task.Delay(1000));
        if (winner == receiving) return await receiving;
        _ = receiving.ContinueWith(t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return null;
    }

    // ok LCA1004: the pending receive is kept for the next call
    public sealed class Poller(WebSocket socket)
    {
        private readonly byte[] _buffer = new byte[1024];
        private Task<WebSocketReceiveResult>? _pending;

        public async Task<bool> ArrivedAsync()
        {
            _pending ??= socket.ReceiveAsync(new ArraySegment<byte>(_buffer), CancellationToken.None);
            if (await Task.WhenAny(_pending, Task.Delay(100)) != _pending) return false;
            await _pending;
            _pending = null;
            return true;
        }
    }
}

public sealed class SatelliteModem(UdpClient udp)
{
    public async Task<byte[]?> AskAsync(byte[] question)
    {
        await udp.SendAsync(question, question.Length); //? LCA4006
        var answer = udp.ReceiveAsync();
        var timeout = Task.Delay(TimeSpan.FromSeconds(2));
        await Task.WhenAny(answer, timeout); //! LCA1004
        if (!answer.IsCompleted) return null;
        return answer.Result.Buffer;
    }

    // ok LCA1004: both are awaited in the end
    public async Task<byte[]> AskSlowlyAsync(byte[] question, Action slow)
    {
        await udp.SendAsync(question, question.Length); //? LCA4006
        var answer = udp.ReceiveAsync();
        if (await Task.WhenAny(answer, Task.Delay(2000)) != answer) slow();
        return (await answer).Buffer;
    }
}
