using System.Net;
using System.Net.Sockets;
using System.Text;
using LifecycleAnalyzers.Runtime;

namespace Incidents.Servers;

/// <summary>One connection to a Redis server: a command, then its answer. For one caller at a time.</summary>
public sealed class RedisLink : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private bool _broken;

    private RedisLink(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Whether a command may be sent: every exchange so far came to its end, and the server is still there.</summary>
    public bool IsOpen => !_broken && _socket.IsAlive();

    public static async Task<RedisLink> OpenAsync(IPEndPoint server, CancellationToken stop) =>
        new(await SafeSocket.ConnectAsync(server, cancellationToken: stop));

    /// <summary>Sends a command and gives what it answers, if that is something.</summary>
    /// <exception cref="InvalidOperationException">An earlier exchange failed; nothing was sent.</exception>
    /// <exception cref="IOException">The exchange failed; it may have been carried out.</exception>
    public async Task<string?> SendAsync(CancellationToken stop, params string[] command)
    {
        if (_broken) throw new InvalidOperationException("The connection has failed");
        _broken = true;
        var request = new StringBuilder($"*{command.Length}\r\n");
        foreach (var part in command) request.Append($"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), stop);
        var head = await LineAsync(stop);
        var answer = head[0] switch
        {
            '+' or ':' => head[1..],
            '$' when head == "$-1" => null,
            '$' => await LineAsync(stop),
            _ => throw new IOException($"The server answers: {head}"),
        };
        _broken = false;
        return answer;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> LineAsync(CancellationToken stop)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (!line.TakeLast(2).SequenceEqual("\r\n"u8.ToArray()))
        {
            if (await _stream.ReadAsync(one, stop) == 0) throw new IOException("The server ended the connection");
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line.SkipLast(2)]);
    }
}
