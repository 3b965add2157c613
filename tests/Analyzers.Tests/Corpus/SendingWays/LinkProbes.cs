// Serial servers and card readers over TCP: where Connected is taken for an answer.
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Ways.Probes;

public sealed class ReaderPort(TcpClient client, ILogger<ReaderPort> log)
{
    /// <summary>Merely handed on.</summary>
    public bool Connected => client.Connected;

    public string Describe() => $"reader ({(client.Connected ? "up" : "down")})";

    public void Write(byte[] command)
    {
        if (client is { Connected: true }) //! LCA2003
            client.GetStream().Write(command);
    }

    public bool TryWrite(ReadOnlySpan<byte> command)
    {
        return client.Connected && Put(command); //! LCA2003

        bool Put(ReadOnlySpan<byte> bytes)
        {
            client.GetStream().Write(bytes);
            return true;
        }
    }

    public IEnumerable<byte> ReadAll()
    {
        while (client.Connected) //! LCA2003
        {
            if (client.GetStream().ReadByte() is >= 0 and var one) yield return (byte)one;
        }
    }

    public IEnumerable<byte> ReadToEnd()
    {
        while (client.GetStream().ReadByte() is >= 0 and var one) yield return (byte)one;
        log.LogInformation("reader closed, Connected is {Connected}", client.Connected);
    }

    public void Close()
    {
        if (client.Connected) client.Client.Shutdown(SocketShutdown.Both);
        client.Close();
    }

    public void WriteOrReport(byte[] command)
    {
        try
        {
            client.GetStream().Write(command);
        }
        catch (IOException e)
        {
            log.LogWarning(e, "lost; Connected says {Connected}", client.Connected);
        }
    }
}

public class PortServer
{
    private Socket? _socket;

    private readonly Func<Socket> _dial;

    public PortServer(Func<Socket> dial) => _dial = dial;

    public Socket Current()
    {
        if (_socket?.Connected == true) return _socket; //! LCA2003
        _socket?.Dispose();
        return _socket = _dial();
    }

    public Socket Probed() => _socket switch
    {
        { } s when IsAlive(s) => s,
        _ => _socket = _dial(),
    };

    public int Send(byte[] frame) => _socket switch
    {
        { Connected: true } s => s.Send(frame), //! LCA2003
        null => throw new InvalidOperationException("not dialled"),
        _ => 0,
    };

    private static bool IsAlive(Socket socket)
    {
        try
        {
            return !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}

public sealed class ReaderHealth(Socket socket) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(new HealthCheckResult(HealthStatus.Healthy, data: new Dictionary<string, object> { ["connected"] = socket.Connected }));
}

public sealed class ReaderPump(NetworkStream stream)
{
    public async Task RunAsync(IAsyncEnumerable<byte[]> frames, CancellationToken stop)
    {
        await foreach (var frame in frames.WithCancellation(stop))
        {
            if (!stream.Socket.Connected) break; //! LCA2003
            await stream.WriteAsync(frame, stop);
        }
    }

    public async Task RunTryingAsync(IAsyncEnumerable<byte[]> frames, CancellationToken stop)
    {
        await foreach (var frame in frames.WithCancellation(stop))
        {
            try { await stream.WriteAsync(frame, stop); }
            catch (IOException) { break; }
        }
    }

    public void Report(Action<string, bool> report)
    {
        var connected = stream.Socket.Connected;
        report(nameof(ReaderPump), connected);
    }

    public void Flush(byte[][] frames)
    {
        for (var (i, connected) = (0, stream.Socket.Connected); connected && i < frames.Length; i++, connected = stream.Socket.Connected) //! LCA2003
            stream.Write(frames[i]);
    }
}
