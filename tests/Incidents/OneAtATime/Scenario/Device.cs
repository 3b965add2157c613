using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Incidents.OneAtATime;

/// <summary>What the service has behind it: it accepts every connection at once, and answers one question after another.</summary>
public sealed class Device(TcpListener listener)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public static string AnswerTo(string question) => $"answer to {question}";

    public async Task RunAsync(CancellationToken stop)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop);
                connections.Add(ServeAsync(socket, stop));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await Frame.ReadAsync(stream, stop) is { } question)
            {
                await _turn.WaitAsync(stop);
                try
                {
                    // a little work: others get their questions in meanwhile
                    for (var step = 0; step < 3; step++) await Task.Yield();
                }
                finally
                {
                    _turn.Release();
                }

                await Frame.WriteAsync(stream, AnswerTo(question), stop);
            }
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // who asked has gone
        }
    }
}

/// <summary>A connection to the device. It answers in the order of the questions.</summary>
public sealed class DeviceConnection : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly PipeReader _answers;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile bool _isOpen = true;

    private DeviceConnection(NetworkStream stream)
    {
        _stream = stream;
        _answers = PipeReader.Create(stream);
    }

    public bool IsOpen => _isOpen;

    public static async Task<DeviceConnection> ConnectAsync(IPEndPoint device, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(device, stop);
            return new DeviceConnection(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(ReadOnlyMemory<byte> question, CancellationToken stop) => Frame.WriteAsync(_stream, question, stop);

    /// <summary>The next answer, whole. Who is cancelled has taken no part of it.</summary>
    public async Task<string> ReceiveAsync(CancellationToken stop)
    {
        await _reading.WaitAsync(stop);
        try
        {
            while (true)
            {
                var read = await _answers.ReadAsync(stop);
                var rest = read.Buffer;
                var answer = Frame.Take(ref rest);
                _answers.AdvanceTo(rest.Start, answer is null ? rest.End : rest.Start);
                if (answer is not null) return answer;
                if (read.IsCompleted) throw new EndOfStreamException("The device has ended the connection");
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _isOpen = false;
        _stream.Dispose();
    }
}

/// <summary>The one connection that all requests share, one after another; what was cut short is not used again.</summary>
public sealed class DeviceLink(IPEndPoint device) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DeviceConnection? _connection;

    public async Task<string> RequestAsync(ReadOnlyMemory<byte> question, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (_connection is not { IsOpen: true }) _connection = await DeviceConnection.ConnectAsync(device, stop);
            await _connection.SendAsync(question, stop);
            return await _connection.ReceiveAsync(stop);
        }
        catch
        {
            _connection?.Dispose();
            _connection = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _connection?.Dispose();
}
