// A binary RPC protocol over connection pipelines: keep-alives, goodbyes and event pushes.
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.RpcPipelines;

public sealed class Inventory
{
    public event EventHandler<int>? Low;
    public event EventHandler<int>? Restocked;

    public void Take(int article) => Low?.Invoke(this, article);

    public void Restock(int article) => Restocked?.Invoke(this, article);
}

public sealed class RpcServerConnection : IDisposable
{
    private readonly ConnectionContext _connection;
    private readonly Timer _keepAlive;

    public RpcServerConnection(ConnectionContext connection, Inventory inventory)
    {
        _connection = connection;
        _keepAlive = new Timer(async _ => await WriteAsync(0, []), null, 5000, 5000); //! LCA2001
        inventory.Low += async (_, article) => await PushAsync(1, article); //! LCA2001
        inventory.Restocked += OnRestocked;
    }

    private async void OnRestocked(object? sender, int article)
    {
        try
        {
            await PushAsync(2, article); //! LCA2001
        }
        catch (FormatException)
        {
            _connection.Abort();
        }
    }

    private ValueTask<FlushResult> PushAsync(byte kind, int article)
    {
        var body = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(body, article);
        return WriteAsync(kind, body);
    }

    private ValueTask<FlushResult> WriteAsync(byte kind, byte[] body)
    {
        byte[] frame = [kind, (byte)body.Length, .. body];
        return _connection.Transport.Output.WriteAsync(frame);
    }

    public void Dispose() => _keepAlive.Dispose();
}

public sealed class GuardedRpcServerConnection : IAsyncDisposable
{
    private readonly PipeWriter _output;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Timer _keepAlive;
    private readonly ILogger _log;
    private bool _completed;

    public GuardedRpcServerConnection(ConnectionContext connection, Inventory inventory, ILogger log)
    {
        (_output, _log) = (connection.Transport.Output, log);
        _keepAlive = new Timer(async _ => await WriteAsync(new byte[] { 0, 0 }), null, 5000, 5000);
        inventory.Low += async (_, article) => await WriteAsync(BitConverter.GetBytes(article));
        inventory.Restocked += OnRestocked;
    }

    // ok LCA2001: a completed writer throws InvalidOperationException, a lost peer IOException
    private async void OnRestocked(object? sender, int article)
    {
        try
        {
            await _output.WriteAsync(BitConverter.GetBytes(article));
        }
        catch (Exception ex) when (ex is InvalidOperationException or IOException or OperationCanceledException)
        {
            _log.LogDebug(ex, "peer is gone");
        }
    }

    // ok LCA2001: the flag is read under the gate that completing takes
    private async Task WriteAsync(byte[] frame)
    {
        await _gate.WaitAsync();
        try
        {
            if (_completed) return;
            await _output.WriteAsync(frame);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _keepAlive.DisposeAsync();
        await _gate.WaitAsync();
        try
        {
            _completed = true;
            await _output.CompleteAsync();
        }
        finally
        {
            _gate.Release();
        }
    }
}
