using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Clauses.ConnectedProof;

public sealed class BarcodePrinter(TcpClient printer, ILogger<BarcodePrinter> log)
{
    public void Print(byte[] label)
    {
        if (!printer.Connected) throw new InvalidOperationException("printer is off"); //! LCA2003
        printer.GetStream().Write(label, 0, label.Length);
    }

    public void Drain(byte[] into)
    {
        while (printer.Connected) //! LCA2003
        {
            if (printer.GetStream().Read(into, 0, into.Length) == 0) break;
        }
    }

    public bool Ready => printer.Connected;

    public void LogState() => log.LogInformation("printer connected: {Connected}", printer.Connected);

    public void Close()
    {
        if (printer.Connected) printer.Client.Shutdown(SocketShutdown.Both);
        printer.Dispose();
    }

    public void Check()
    {
        System.Diagnostics.Debug.Assert(printer.Connected);
    }
}

public sealed class ScaleClient
{
    private TcpClient? _scale;

    private TcpClient Scale
    {
        get
        {
            if (_scale is { Connected: true }) return _scale; //! LCA2003
            _scale?.Dispose();
            _scale = new TcpClient();
            _scale.Connect("scale", 4001);
            return _scale;
        }
    }

    public void Tare() => Scale.GetStream().WriteByte(0x54);

    public void Stop() => _scale?.Dispose();
}

public sealed class StreamSender(NetworkStream stream)
{
    public Task SendAsync(byte[] frame, CancellationToken stop) =>
        stream.Socket.Connected ? stream.WriteAsync(frame, stop).AsTask() : Task.CompletedTask; //! LCA2003

    public async Task SendCaughtAsync(byte[] frame, CancellationToken stop)
    {
        try
        {
            await stream.WriteAsync(frame, stop);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class Broadcaster
{
    private readonly List<Socket> _sockets = [];

    public void Broadcast(byte[] frame)
    {
        foreach (var socket in _sockets.Where(s => s.Connected)) //! LCA2003
        {
            socket.Send(frame);
        }
    }

    public void Prune() => _sockets.RemoveAll(s => !s.Connected);

    public int Count() => _sockets.Count(s => s.Connected);

    public bool TrySend(Socket socket, byte[] frame)
    {
        var usable = socket.Connected && frame.Length > 0; //! LCA2003
        if (usable) socket.Send(frame);
        return usable;
    }

    public void Reconnect(Socket socket, System.Net.EndPoint to)
    {
        if (socket.Connected) socket.Disconnect(true);
        socket.Connect(to);
    }
}

// The name alone is another's.
public sealed class Cable
{
    public bool Connected { get; set; }

    public void Carry(NetworkStream stream, byte[] frame)
    {
        if (Connected) stream.Write(frame, 0, frame.Length);
    }
}
