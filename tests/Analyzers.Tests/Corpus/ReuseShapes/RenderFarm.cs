using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Render.Farm;

/// <summary>A connection to a render node.</summary>
public abstract class NodeConnection : IDisposable
{
    public bool IsAlive { get; protected set; }
    public DateTime LastUsed { get; set; }
    public abstract Task<byte[]> RequestAsync(ReadOnlySequence<byte> scene, CancellationToken ct);
    public abstract void Dispose();
}

/// <summary>Slots of an array as a pool.</summary>
public sealed class SlotFarm(Func<NodeConnection> dial, int size)
{
    private readonly NodeConnection?[] _slots = new NodeConnection?[size];

    public async Task<byte[]> RenderAsync(ReadOnlySequence<byte> scene, CancellationToken ct)
    {
        var node = Take();
        var picture = await node.RequestAsync(scene, ct);
        Put(node);
        return picture;
    }

    private NodeConnection Take()
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            var node = Interlocked.Exchange(ref _slots[i], null); //! LCA3004
            if (node is not null) return node;
        }

        return dial();
    }

    private void Put(NodeConnection node)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _slots[i], node, null) is null) return;
        }

        node.Dispose();
    }
}

/// <summary>The same, asked.</summary>
public sealed class AskedSlotFarm(Func<NodeConnection> dial, int size)
{
    private readonly NodeConnection?[] _slots = new NodeConnection?[size];

    public NodeConnection Take()
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            var node = Interlocked.Exchange(ref _slots[i], null); // ok LCA3004: asked below
            switch (node)
            {
                case { IsAlive: true }:
                    return node;
                case not null:
                    node.Dispose();
                    break;
            }
        }

        return dial();
    }

    public void Put(NodeConnection node)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _slots[i], node, null) is null) return;
        }

        node.Dispose();
    }
}

/// <summary>A list whose end is the pool; only its age is looked at.</summary>
public sealed class ListFarm(Func<NodeConnection> dial)
{
    private readonly LinkedList<NodeConnection> _idle = new();

    public NodeConnection Rent()
    {
        lock (_idle)
        {
            while (_idle.Last is { Value: var node })
            {
                _idle.RemoveLast(); //! LCA3004
                if (DateTime.UtcNow - node.LastUsed < TimeSpan.FromMinutes(1)) return node;
                node.Dispose();
            }
        }

        return dial();
    }

    public void Return(NodeConnection node)
    {
        lock (_idle) _idle.AddLast(node);
    }
}

/// <summary>A generic pool that asks by a delegate which its maker gave.</summary>
public sealed class AskingPool<T>(Func<T> make, Predicate<T> alive) where T : class, IDisposable
{
    private readonly Stack<T> _idle = [];

    public T Rent()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var one)) // ok LCA3004: the predicate asks
            {
                if (alive(one)) return one;
                one.Dispose();
            }
        }

        return make();
    }

    public void Return(T one)
    {
        lock (_idle) _idle.Push(one);
    }
}

/// <summary>The same without a question.</summary>
public sealed class PlainPool<T>(Func<T> make) where T : NodeConnection
{
    private readonly Stack<T> _idle = [];

    public T Rent()
    {
        lock (_idle)
        {
            return _idle.Count > 0 ? _idle.Pop() : make(); //! LCA3004
        }
    }

    public void Return(T one)
    {
        lock (_idle) _idle.Push(one);
    }
}

/// <summary>The library's pool; its policy asks when one comes back, not when it goes out.</summary>
public sealed class NodePolicy(Func<NodeConnection> dial) : PooledObjectPolicy<NodeConnection>
{
    public override NodeConnection Create() => dial();

    public override bool Return(NodeConnection obj) => obj.IsAlive;
}

public sealed class PolicyFarm(ObjectPool<NodeConnection> pool)
{
    public async Task<byte[]> RenderAsync(ReadOnlySequence<byte> scene, CancellationToken ct)
    {
        var node = pool.Get(); //! LCA3004
        var picture = await node.RequestAsync(scene, ct);
        pool.Return(node);
        return picture;
    }

    public async Task<byte[]> RenderAskedAsync(ReadOnlySequence<byte> scene, CancellationToken ct)
    {
        NodeConnection node;
        do node = pool.Get(); // ok LCA3004: until one is alive
        while (!node.IsAlive);
        var picture = await node.RequestAsync(scene, ct);
        pool.Return(node);
        return picture;
    }
}

/// <summary>Buffers in a pool are no connections.</summary>
public sealed class SceneBuffers
{
    private readonly Stack<MemoryStream> _idle = [];

    public MemoryStream Rent() => _idle.TryPop(out var stream) ? stream : new MemoryStream(); // ok LCA3004: memory

    public void Return(MemoryStream stream)
    {
        stream.SetLength(0);
        _idle.Push(stream);
    }
}
