// A control service on a named pipe: one instance per client, requests answered in the client's own task.
using System.IO.Pipes;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodPipeServer;

public sealed class ControlServer(string name, Func<string, string> answer, ILogger log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
            try
            {
                await pipe.WaitForConnectionAsync(stop);
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
            _ = Task.Run(() => ServeAsync(pipe, stop), CancellationToken.None);
        }
    }

    private async Task ServeAsync(NamedPipeServerStream pipe, CancellationToken stop)
    {
        await using (pipe)
        {
            try
            {
                using var reader = new StreamReader(pipe, Encoding.UTF8, leaveOpen: true);
                while (pipe.IsConnected && await reader.ReadLineAsync(stop) is { } line)
                {
                    var bytes = Encoding.UTF8.GetBytes(answer(line) + "\n");
                    await pipe.WriteAsync(bytes, stop);
                }
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException or OperationCanceledException)
            {
                log.LogDebug(ex, "client ended");
            }
        }
    }
}

public sealed class ControlClient(string name) : IAsyncDisposable
{
    private readonly NamedPipeClientStream _pipe = new(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private StreamReader? _reader;

    public async Task ConnectAsync(TimeSpan timeout, CancellationToken stop)
    {
        await _pipe.ConnectAsync((int)timeout.TotalMilliseconds, stop);
        _reader = new StreamReader(_pipe, Encoding.UTF8, leaveOpen: true);
    }

    public async Task<string?> AskAsync(string question, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (!_pipe.IsConnected || _reader is null) throw new InvalidOperationException("connect first");
            await _pipe.WriteAsync(Encoding.UTF8.GetBytes(question + "\n"), stop);
            return await _reader.ReadLineAsync(stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        await _pipe.DisposeAsync();
        _gate.Dispose();
    }
}
