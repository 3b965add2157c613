using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Reflection;

namespace LifecycleAnalyzers.Runtime.Tests;

/// <summary>On the success path a guard allocates nothing that the bare call does not.</summary>
public sealed class AllocationTests
{
    private const int Calls = 200;

    [Fact]
    public async Task Guarded_sends_allocate_nothing()
    {
#if RUNTIME_NETSTANDARD
        Assert.Skip("The calls that the netstandard2.0 build has at hand allocate themselves.");
#else
        using var pair = await SocketPair.CreateAsync();
        using var drain = Drain(pair.Far);
        await using var stream = new NetworkStream(pair.Near, ownsSocket: false);
        var bytes = Bytes(16);
        var link = new Link();

        AssertNone(() => pair.Near.TrySend(bytes), "Socket.TrySend");
        AssertNone(() => pair.Near.TrySend(bytes, 1, 2), "Socket.TrySend of a part");
        AssertNone(() => Done(pair.Near.TrySendAsync(bytes)), "Socket.TrySendAsync");
        AssertNone(() => stream.TryWrite(bytes), "Stream.TryWrite");
        AssertNone(() => Done(stream.TryWriteAsync(bytes)), "Stream.TryWriteAsync");
        AssertNone(() => link.TrySend(bytes, static l => l.IsOpen, static (l, b) => l.Send(b)), "Guarded.TrySend");
        AssertNone(() => Done(link.TrySendAsync(bytes, static l => l.IsOpen, static (l, b, _) => l.SendAsync(b))), "Guarded.TrySendAsync");

        var pipe = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        AssertNone(
            () =>
            {
                var result = Done(pipe.Writer.TryWriteAsync(bytes));
                Assert.True(pipe.Reader.TryRead(out var read));
                pipe.Reader.AdvanceTo(read.Buffer.End);
                return result;
            },
            "PipeWriter.TryWriteAsync");
#endif
    }

    [Fact]
    public async Task A_guarded_web_socket_send_allocates_nothing()
    {
#if RUNTIME_NETSTANDARD
        Assert.Skip("The calls that the netstandard2.0 build has at hand allocate themselves.");
#else
        using var pair = await WebSocketPair.CreateAsync();
        using var drain = Drain(pair.Sockets.Far);
        ReadOnlyMemory<byte> bytes = Bytes(16);
        AssertNone(() => Done(pair.Near.TrySendAsync(bytes, WebSocketMessageType.Binary, true)), "WebSocket.TrySendAsync");
#endif
    }

    [Fact]
    public async Task A_free_gate_allocates_nothing()
    {
        using var gate = new SendGate();
        var link = new Link();
        var bytes = Bytes(16);
        AssertNone(
            () =>
            {
                using (gate.EnterAsync().Result)
                {
                    link.Send(bytes);
                }
            },
            "SendGate.EnterAsync");
        AssertNone(() => Done(gate.TrySendAsync((link, bytes), static (s, _) => s.link.SendAsync(s.bytes))), "SendGate.TrySendAsync");
#if !RUNTIME_NETSTANDARD
        using var pair = await WebSocketPair.CreateAsync();
        using var drain = Drain(pair.Sockets.Far);
        await using var sender = new WebSocketSender(pair.Near);
        AssertNone(() => Done(sender.TrySendAsync(bytes, WebSocketMessageType.Binary)), "WebSocketSender.TrySendAsync");
#else
        await Task.CompletedTask;
#endif
    }

    [Fact]
    public async Task Renting_a_connection_that_is_there_allocates_nothing()
    {
        using var pair = await SocketPair.CreateAsync();
        await using var pool = new ConnectionPool<Socket>(_ => new ValueTask<Socket>(pair.Near));
        AssertNone(
            () =>
            {
                var lease = pool.RentAsync().Result;
                Assert.True(lease.Connection.Connected);
                lease.Complete();
                lease.Dispose();
            },
            "ConnectionPool.RentAsync");
    }

    [Fact]
    public async Task Liveness_and_observing_success_allocate_nothing()
    {
        using var pair = await SocketPair.CreateAsync();
        var logger = new ListLogger();
        AssertNone(() => pair.Near.IsAlive(), "IsAlive");
        AssertNone(() => Task.CompletedTask.Observe(static _ => { }), "Task.Observe");
        AssertNone(() => Task.CompletedTask.Observe(logger), "Task.Observe with a logger");
        AssertNone(() => default(ValueTask).Observe(logger), "ValueTask.Observe");
    }

    [Fact]
    public async Task Getting_a_session_that_is_there_allocates_nothing()
    {
        await using var cache = new SessionCache<(string Host, int Port), Link>((_, _) => new ValueTask<Link>(new Link()));
        var key = ("localhost", 5672);
        await cache.GetAsync(key, Stop);
        AssertNone(() => cache.TryGet(key, out _), "SessionCache.TryGet");
        AssertNone(() => cache.GetAsync(key).Result, "SessionCache.GetAsync");

        await using var slot = new SessionSlot<Link>(_ => new ValueTask<Link>(new Link()));
        await slot.GetAsync(Stop);
        AssertNone(() => slot.GetAsync().Result, "SessionSlot.GetAsync");
    }

    [Fact]
    public async Task Work_on_a_session_that_is_there_allocates_nothing()
    {
        var debuggable = typeof(SendResult).Assembly.GetCustomAttribute<DebuggableAttribute>();
        Assert.SkipWhen(debuggable is { IsJITOptimizerDisabled: true }, "Asynchronous methods allocate in a debug build.");

        await using var cache = new SessionCache<string, Link>((_, _) => new ValueTask<Link>(new Link()));
        await cache.GetAsync("a", Stop);
        var bytes = Bytes(4);
        AssertNone(
            () => cache.RunAsync("a", bytes, static (l, b, _) => new ValueTask<int>(b.Length)).Result, "SessionCache.RunAsync");
    }

    [Fact]
    public async Task A_tracked_connection_and_a_rented_buffer_allocate_nothing()
    {
        await using var tracker = new ConnectionTracker();
        var link = new Link();
        AssertNone(
            () =>
            {
                using var tracked = tracker.Track(link, TrackedState.Connecting);
                tracked.TryMoveTo(TrackedState.Open);
            },
            "ConnectionTracker.Track");

        AssertNone(
            () =>
            {
                using var buffer = BufferLease.Rent(4096);
                return buffer.Track(new ValueTask<int>(buffer.Memory.Length)).Result;
            },
            "BufferLease");
    }

    private static SendResult Done(ValueTask<SendResult> send)
    {
        Assert.True(send.IsCompleted);
        var result = send.Result;
        if (!result.IsSent)
        {
            Assert.Fail(result.ToString());
        }

        return result;
    }

    private static void AssertNone<T>(Func<T> call, string what) => AssertNone(() => { _ = call(); }, what);

    private static void AssertNone(Action call, string what)
    {
        // The first calls fill caches of the platform; a rare allocation of it (a timer, a pooled buffer lost to a collection) is not ours,
        // an allocation in every call is.
        var fewest = long.MaxValue;
        for (var round = 0; round < 5 && fewest > 0; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                call();
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                call();
            }

            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(fewest < Calls, $"{what} allocated {fewest} bytes in {Calls} calls");
    }

    /// <summary>A peer that reads everything, on another thread.</summary>
    private static IDisposable Drain(Socket far)
    {
        var thread = new Thread(() =>
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (far.Receive(buffer) > 0)
                {
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        });
        thread.Start();
        return new Drained(far, thread);
    }

    private sealed class Drained(Socket far, Thread thread) : IDisposable
    {
        public void Dispose()
        {
            far.Dispose();
            Assert.True(thread.Join(Patience));
        }
    }

    private sealed class Link
    {
        public bool IsOpen { get; } = true;

        public int Count { get; private set; }

        public void Send(byte[] bytes) => Count += bytes.Length;

        public ValueTask SendAsync(byte[] bytes)
        {
            Send(bytes);
            return default;
        }
    }
}
