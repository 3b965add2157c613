using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>Once for each connection, not for each message.</summary>
public class Counting
{
    private readonly object _connection = new();
    private readonly ConnectionTracker _tracker = new();
    private int _count;

    [Benchmark(Baseline = true)]
    public void Interlocked()
    {
        System.Threading.Interlocked.Increment(ref _count);
        System.Threading.Interlocked.Decrement(ref _count);
    }

    [Benchmark]
    public void Track()
    {
        using var tracked = _tracker.Track(_connection);
    }
}

public class Buffers
{
    private readonly Stream _stream = new MemoryStream(new byte[1 << 16]);

    [Benchmark(Baseline = true)]
    public async ValueTask<int> RentAndReturn()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            _stream.Position = 0;
            return await _stream.ReadAsync(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [Benchmark]
    public async ValueTask<int> BufferLease()
    {
        using var buffer = Runtime.BufferLease.Rent(4096);
        _stream.Position = 0;
        return await buffer.Track(_stream.ReadAsync(buffer.Memory));
    }
}
