// What Connected is taken for.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Renci.SshNet;
using SocketIOClient;

namespace Wide.Sending.ConnectedProof;

// --- reported

public class PlcDriver
{
    private TcpClient tcp = new TcpClient();

    public bool WriteRegister(ushort address, ushort value)
    {
        if (!tcp.Connected) //! LCA2003
        {
            return false;
        }
        byte[] frame = { (byte)(address >> 8), (byte)address, (byte)(value >> 8), (byte)value };
        tcp.GetStream().Write(frame, 0, frame.Length);
        return true;
    }

    public void Pump(Action<int> handle)
    {
        byte[] buffer = new byte[256];
        while (tcp.Connected) //! LCA2003
        {
            int n = tcp.GetStream().Read(buffer, 0, buffer.Length);
            if (n == 0) break;
            handle(n);
        }
    }
}

public sealed class SocketCache(Func<string, Socket> open)
{
    private readonly ConcurrentDictionary<string, Socket> _sockets = new();

    public Socket Get(string host)
    {
        if (_sockets.TryGetValue(host, out var socket) && socket.Connected) //! LCA2003
            return socket;
        return _sockets[host] = open(host);
    }

    public Socket? Pick(IEnumerable<Socket> candidates) => candidates.FirstOrDefault(s => s.Connected); //! LCA2003
}

public sealed class StreamSender(NetworkStream stream)
{
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        if (stream.Socket.Connected is false) return false; //! LCA2003
        await stream.WriteAsync(data, ct);
        return true;
    }

    private bool Alive => stream.Socket.Connected; //? LCA2003

    public void Notify(byte code)
    {
        if (Alive) stream.WriteByte(code); //? LCA2003
    }
}

public sealed class Lobby
{
    private readonly List<TcpClient> _players = [];

    public void Broadcast(byte[] state)
    {
        foreach (var player in _players.Where(p => p is { Connected: true })) //! LCA2003
        {
            player.GetStream().Write(state);
        }
    }

    public int SendTo(TcpClient player, byte[] state) => player.Connected ? player.Client.Send(state) : 0; //! LCA2003

    public async Task WatchAsync(TcpClient player, CancellationToken ct)
    {
        var connected = player.Connected; //! LCA2003
        if (connected)
            await player.GetStream().WriteAsync("welcome"u8.ToArray(), ct);
    }

    public void Tick(TcpClient player)
    {
        do
        {
            Thread.Sleep(16);
        }
        while (player.Client.Connected && player.Available == 0); //! LCA2003
    }
}

// --- silent

public sealed class Diagnostics(TcpClient tcp, ILogger log)
{
    // ok LCA2003: merely handed on
    public bool IsConnected => tcp.Connected;

    // ok LCA2003: logged
    public void Report() => log.LogInformation("connected: {Connected}", tcp.Connected);

    // ok LCA2003: asserted
    public void Check() => Debug.Assert(tcp.Connected);

    // ok LCA2003: decides about closing alone
    public void Stop()
    {
        if (tcp.Connected)
        {
            tcp.Client.Shutdown(SocketShutdown.Both);
        }
        tcp.Close();
    }

    // ok LCA2003: another type's member of that name
    public async Task EmitAsync(SocketIO io)
    {
        if (io.Connected) await io.EmitAsync("tick");
    }

    // ok LCA2003: a message depends on it, no send
    public string Describe() => tcp.Connected ? "up" : "down";

    // may LCA2003: a socket whose peer is gone is taken for a connected one
    public void Connect(Socket socket)
    {
        if (!socket.Connected) socket.Connect("plc", 102); //? LCA2003
    }

    // ok LCA2003: SSH.NET's state
    public void Touch(SshClient ssh)
    {
        if (ssh.IsConnected) ssh.SendKeepAlive();
    }

    // ok LCA2003: a metric
    public int Count(IEnumerable<TcpClient> clients) => clients.Count(c => c.Connected);

    // ok LCA2003: a status record
    public Status Snapshot(Socket socket) => new(socket.Connected, socket.Available);

    // ok LCA2003: the wait of a probe that asks the peer
    public bool Probe(Socket socket) => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
}

public sealed record Status(bool Connected, int Available);
