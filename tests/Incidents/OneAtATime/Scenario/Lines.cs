using System.Net;
using System.Net.Sockets;

namespace Incidents.OneAtATime;

/// <summary>How a caller reaches the service.</summary>
public interface ILine : IDisposable
{
    Task<string> AskAsync(Question question, CancellationToken stop);
}

/// <summary>A connection of one's own, dialled again when it has failed or its answer was not waited for.</summary>
public sealed class TcpLine(int port) : ILine
{
    private NetworkStream? _stream;

    public async Task<string> AskAsync(Question question, CancellationToken stop)
    {
        // taken out for as long as it takes: only a whole exchange puts it back
        var stream = Interlocked.Exchange(ref _stream, null) ?? await DialAsync(stop);
        try
        {
            await Frame.WriteAsync(stream, question.AsFrame(), stop);
            var answer = await Frame.ReadAsync(stream, stop) ?? throw new EndOfStreamException("The service has ended the connection");
            _stream = stream;
            return answer;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose() => _stream?.Dispose();

    private async Task<NetworkStream> DialAsync(CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
