using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>A real TCP connection over loopback whose other end reads everything and throws it away.</summary>
internal sealed class Loopback : IDisposable
{
    private readonly Socket _far;
    private readonly Thread _reader;

    public Loopback(bool reads = true)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Near.NoDelay = true;
        Near.Connect(listener.LocalEndPoint!);
        _far = listener.Accept();
        _reader = new Thread(Read);
        if (reads)
        {
            _reader.Start();
        }
    }

    public Socket Near { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public void Dispose()
    {
        Near.Dispose();
        _far.Dispose();
        if (_reader.IsAlive)
        {
            _reader.Join();
        }
    }

    private void Read()
    {
        var buffer = new byte[1 << 18];
        try
        {
            while (_far.Receive(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The benchmark is over.
        }
    }
}
