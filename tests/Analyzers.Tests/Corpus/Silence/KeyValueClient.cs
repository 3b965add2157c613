// A client of a key-value store with its own pool: probed, leased, discarded when in doubt.
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Fresh.Silence.KeyValueClient;

public class StoreException(string message, Exception? inner = null) : IOException(message, inner);

internal interface INode : IDisposable
{
    bool IsHealthy { get; }
    bool Busy { get; set; }
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct);
    ValueTask ReadAsync(Memory<byte> bytes, CancellationToken ct);
}

internal sealed class TcpNode : INode
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private bool _broken;

    private TcpNode(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<INode> DialAsync(EndPoint store, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.Client.ConnectAsync(store, ct);
            return new TcpNode(client);
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is SocketException) throw new StoreException("the store is away", e);
            throw;
        }
    }

    public bool Busy { get; set; }

    public bool IsHealthy
    {
        get
        {
            if (_broken || Busy) return false;
            try
            {
                return !_client.Client.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await _stream.WriteAsync(bytes, ct);
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    public async ValueTask ReadAsync(Memory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await _stream.ReadExactlyAsync(bytes, ct);
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    public void Dispose()
    {
        _broken = true;
        _client.Dispose();
    }
}

internal sealed class NodePool(Func<CancellationToken, Task<INode>> dial, int limit) : IDisposable
{
    private readonly LinkedList<INode> _idle = [];
    private readonly SemaphoreSlim _places = new(limit);
    private bool _disposed;

    public async Task<INode> RentAsync(CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            while (TryTakeIdle(out var node))
            {
                if (node.IsHealthy) return Use(node);
                node.Dispose();
            }

            return Use(await dial(ct));
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private static INode Use(INode node)
    {
        node.Busy = true;
        return node;
    }

    private bool TryTakeIdle([NotNullWhen(true)] out INode? node)
    {
        lock (_idle)
        {
            node = _idle.Last?.Value;
            if (node is null) return false;
            _idle.RemoveLast();
            return true;
        }
    }

    /// <summary>Whoever gives back says whether the exchange has ended as it should.</summary>
    public void Return(INode node, bool finished)
    {
        node.Busy = false;
        var keep = finished && node.IsHealthy;
        lock (_idle)
        {
            keep &= !_disposed;
            if (keep) _idle.AddLast(node);
        }

        if (!keep) node.Dispose();
        _places.Release();
    }

    public void Dispose()
    {
        lock (_idle)
        {
            _disposed = true;
            foreach (var node in _idle) node.Dispose();
            _idle.Clear();
        }
    }
}

public sealed class Store : IDisposable
{
    private readonly NodePool _pool;

    public Store(EndPoint address) => _pool = new NodePool(ct => TcpNode.DialAsync(address, ct), limit: 8);

    public async Task<byte[]?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken ct = default)
    {
        var node = await _pool.RentAsync(ct);
        var finished = false;
        var header = ArrayPool<byte>.Shared.Rent(8);
        try
        {
            await node.WriteAsync(key, ct);
            await node.ReadAsync(header.AsMemory(0, 8), ct);
            var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4, 4));
            var value = new byte[length];
            await node.ReadAsync(value, ct);
            finished = true;
            return header[0] == 0 ? value : null;
        }
        finally
        {
            _pool.Return(node, finished);
            ArrayPool<byte>.Shared.Return(header);
        }
    }

    /// <summary>A read may be asked twice: asking changes nothing.</summary>
    public async Task<byte[]?> GetPatientlyAsync(ReadOnlyMemory<byte> key, CancellationToken ct = default)
    {
        try
        {
            return await GetAsync(key, ct);
        }
        catch (IOException) when (!ct.IsCancellationRequested)
        {
            return await GetAsync(key, ct);
        }
    }

    public void Dispose() => _pool.Dispose();
}
