// PLC and Redis-like pollers over bare sockets: what "Connected" is asked for.
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.Pollers;

public sealed class PlcPoller(TcpClient plc, ILogger<PlcPoller> log)
{
    private static readonly byte[] s_query = [0x03, 0x00, 0x00, 0x16];

    public bool IsConnected => plc.Connected; // ok LCA2003: handed on

    public async Task PollAsync(CancellationToken ct)
    {
        var buffer = new byte[64];
        while (plc.Connected) //! LCA2003
        {
            await plc.GetStream().WriteAsync(s_query, ct); //? LCA4006
            await plc.GetStream().ReadExactlyAsync(buffer.AsMemory(0, 22), ct);
            await Task.Delay(100, ct);
        }
    }

    // ok LCA2003: the read's answer ends the loop
    public async Task PollUntilEndAsync(CancellationToken ct)
    {
        var buffer = new byte[64];
        int n;
        do
        {
            await plc.GetStream().WriteAsync(s_query, ct); //? LCA4006
            n = await plc.GetStream().ReadAsync(buffer, ct);
        }
        while (n > 0);
        log.LogInformation("connected: {Connected}", plc.Connected);
    }

    public void Poke(byte value)
    {
        var up = plc.Client is { Connected: true }; //! LCA2003
        if (!up) return;
        plc.GetStream().WriteByte(value);
    }

    // ok LCA2003: decides about closing alone
    public void Hangup()
    {
        if (plc.Connected) plc.Client.Shutdown(SocketShutdown.Both);
        plc.Close();
    }

    // ok LCA2003: asserted and logged
    public void Check()
    {
        Debug.Assert(plc.Connected, "the caller connects first");
        log.LogDebug("plc connected: {State}", plc.Connected ? "yes" : "no");
    }
}

public sealed class CacheLink : IDisposable
{
    private Socket? _socket;
    private readonly Func<Socket> _dial;

    public CacheLink(Func<Socket> dial) => _dial = dial;

    private bool Up
    {
        get
        {
            return _socket != null && _socket.Connected; //? LCA2003
        }
    }

    public void Set(byte[] command)
    {
        if (!Up)
        {
            _socket?.Dispose();
            _socket = _dial();
        }

        _socket!.Send(command);
    }

    public void Dispose() => _socket?.Dispose();
}

public sealed class ProbedCacheLink(Func<Socket> dial) : IDisposable
{
    private Socket? _socket;

    // ok LCA2003: Connected together with a probe
    private static bool Alive(Socket? socket) =>
        socket is not null && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    public void Set(byte[] command)
    {
        if (!Alive(_socket))
        {
            _socket?.Dispose();
            _socket = dial();
        }

        _socket!.Send(command);
    }

    public void Dispose() => _socket?.Dispose();
}

public sealed class Subscriber(NetworkStream stream)
{
    public IEnumerable<string> Lines()
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        for (var line = reader.ReadLine(); stream.Socket.Connected && line != null; line = reader.ReadLine()) //! LCA2003
            yield return line;
    }

    // ok LCA2003: null is the end
    public async IAsyncEnumerable<string> LinesAsync()
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync() is { } line) yield return line;
    }

    public void Ack(long id)
    {
        switch (stream.Socket.Connected) //! LCA2003
        {
            case true:
                stream.Write(BitConverter.GetBytes(id));
                break;
            case false:
                throw new IOException("subscriber is gone");
        }
    }
}

public sealed class LampPanel
{
    public bool Connected { get; set; }

    // ok LCA2003: a lamp's wire, no socket
    public int Blink(int times)
    {
        var n = 0;
        while (Connected && n < times) n++;
        return n;
    }
}

public sealed class HealthReport(IReadOnlyDictionary<string, TcpClient> machines)
{
    // ok LCA2003: the answer is shown to people
    public string Describe() => string.Join('\n', machines.Select(m => $"{m.Key}: {(m.Value.Connected ? "up" : "down")}"));

    public void Broadcast(byte[] frame)
    {
        foreach (var client in machines.Values.Where(m => m.Connected)) //! LCA2003
            client.GetStream().Write(frame);
    }

    public void Remove(ICollection<TcpClient> all)
    {
        // ok LCA2003: who is already down is closed
        foreach (var client in all.Where(c => !c.Connected).ToList())
        {
            client.Dispose();
            all.Remove(client);
        }
    }
}
