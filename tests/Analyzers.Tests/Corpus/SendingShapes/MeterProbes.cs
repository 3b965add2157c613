// Reads energy meters over TCP; how a driver finds out whether the meter is still there.
using System.Net.Sockets;

namespace Shapes.Sending.MeterProbes;

public sealed class MeterDriver(TcpClient wire, Action<string> note)
{
    private readonly byte[] _request = [0x10, 0x5B, 0x01, 0x5C, 0x16];
    private readonly byte[] _answer = new byte[256];

    // 'Connected' is what the last operation knew
    public bool IsOnline => wire.Connected; // ok LCA2003: merely handed on

    public int Read()
    {
        if (!wire.Connected) return -1; //! LCA2003
        var stream = wire.GetStream();
        stream.Write(_request);
        return stream.Read(_answer);
    }

    // ok LCA2003: logged
    public int ReadNoted()
    {
        note($"connected: {wire.Connected}");
        var stream = wire.GetStream();
        stream.Write(_request);
        return stream.Read(_answer);
    }

    // ok LCA2003: decides about closing alone
    public void Close()
    {
        if (wire.Connected)
            wire.Client.Shutdown(SocketShutdown.Both);
        wire.Close();
    }

    public int Drain()
    {
        var total = 0;
        do
        {
            total += wire.GetStream().Read(_answer);
        }
        while (wire is { Connected: true, Available: > 0 }); //! LCA2003
        return total;
    }

    public int ReadOr(int missing) => wire.Connected ? Exchange() : missing; //! LCA2003

    private int Exchange()
    {
        wire.GetStream().Write(_request);
        return wire.GetStream().Read(_answer);
    }

    // ok LCA2003: an assertion
    public int ReadAsserted()
    {
        System.Diagnostics.Debug.Assert(wire.Connected, "dial first");
        return Exchange();
    }

    // ok LCA2003: a probe, not the flag
    public int ReadProbed()
    {
        var socket = wire.Client;
        if (socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0) return -1;
        return Exchange();
    }
}

public sealed class MeterPark : IDisposable
{
    private readonly Dictionary<string, TcpClient> _meters = [];

    public TcpClient Get(string host)
    {
        if (_meters.TryGetValue(host, out var known) && known.Connected) //! LCA2003
            return known;
        known?.Dispose();
        var fresh = new TcpClient(host, 10001);
        return _meters[host] = fresh;
    }

    // ok LCA2003: only shown
    public IEnumerable<string> Shown() =>
        from pair in _meters
        let text = pair.Value.Connected ? "up" : "down"
        select pair.Key + ": " + text;

    public void Broadcast(byte[] frame)
    {
        foreach (var meter in _meters.Values.Where(m => m.Connected)) //! LCA2003
            meter.GetStream().Write(frame);
    }

    public void Sweep()
    {
        foreach (var (host, meter) in _meters.ToArray())
        {
            if (meter.Connected) continue; // ok LCA2003: decides only about closing
            meter.Dispose();
            _meters.Remove(host);
        }
    }

    public void Dispose()
    {
        foreach (var meter in _meters.Values) meter.Dispose();
    }
}

public static class Concentrator
{
    public static void Serve(Socket guest, Func<byte[], int, byte[]> answer)
    {
        var buffer = new byte[512];
        for (; guest.Connected;) //! LCA2003
        {
            var n = guest.Receive(buffer);
            guest.Send(answer(buffer, n));
        }
    }

    // ok LCA2003: the answer of the read decides
    public static void ServeFairly(Socket guest, Func<byte[], int, byte[]> answer)
    {
        var buffer = new byte[512];
        while (guest.Receive(buffer) is var n and > 0)
            guest.Send(answer(buffer, n));
    }

    public static async Task RelayAsync(NetworkStream from, NetworkStream to, CancellationToken stop)
    {
        var buffer = new byte[512];
        bool alive;
        do
        {
            var n = await from.ReadAsync(buffer, stop);
            await to.WriteAsync(buffer.AsMemory(0, n), stop);
            alive = to.Socket.Connected; //! LCA2003
        }
        while (alive);
    }

    private static bool Alive(TcpClient client) => client.Connected; //? LCA2003

    public static void Command(TcpClient client, byte[] frame)
    {
        if (Alive(client)) client.GetStream().Write(frame); //? LCA2003
    }
}
