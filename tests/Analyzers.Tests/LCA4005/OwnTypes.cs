namespace LifecycleAnalyzers.Tests.LCA4005;

/// <summary>A socket behind an interface of one's own, and operations that are awaited by a type of one's own.</summary>
public class OwnTypes
{
    private static string Behind(string members) => $$"""
        interface IWireSocket { bool SendAsync(SocketAsyncEventArgs args); bool PrepareAsync(SocketAsyncEventArgs args); }

        class WireSocket(Socket socket) : IWireSocket
        {
            public bool SendAsync(SocketAsyncEventArgs args) { return socket.SendAsync(args); }
            public bool PrepareAsync(SocketAsyncEventArgs args) => args.Buffer is not null;
        }

        class NoSocket : IWireSocket
        {
            public bool SendAsync(SocketAsyncEventArgs args) => false;
            public bool PrepareAsync(SocketAsyncEventArgs args) => false;
        }

        class Sender(IWireSocket wire)
        {
            private readonly ConcurrentStack<SocketAsyncEventArgs> _pool = new();
            private SocketAsyncEventArgs Take() => _pool.TryPop(out var one) ? one : new SocketAsyncEventArgs();
            {{members}}
        }
        """;

    [Theory]
    [InlineData("public void Send() { var e = Take(); wire.SendAsync(e); {|LCA4005:_pool.Push(e)|}; }")]
    [InlineData("public void Send() { var e = Take(); if (wire.SendAsync(e)) {|LCA4005:_pool.Push(e)|}; }")]
    public Task Given_back_while_the_socket_behind_it_works(string members) => Case.HoldsAsync(Behind(members));

    [Theory]
    [InlineData("public void Send() { var e = Take(); if (!wire.SendAsync(e)) _pool.Push(e); }")]
    [InlineData("public void Send() { var e = Take(); wire.PrepareAsync(e); _pool.Push(e); }")]
    public Task Given_back_when_nothing_is_under_way(string members) => Case.SilentAsync(Behind(members));

    private static string Awaited(string members) => $$"""
        class Operation : System.Runtime.CompilerServices.INotifyCompletion
        {
            public readonly SocketAsyncEventArgs Args = new();
            public Operation GetAwaiter() => this;
            public bool IsCompleted => Args.SocketError != SocketError.IOPending;
            public void OnCompleted(Action next) => Args.Completed += (_, _) => next();
            public SocketError GetResult() => Args.SocketError;
        }

        static class SocketOperations
        {
            public static Operation ReceiveAsync(this Socket socket, Operation operation) { socket.ReceiveAsync(operation.Args); return operation; }
        }

        class Receiver(Socket socket)
        {
            private readonly ConcurrentStack<Operation> _pool = new();
            private Operation Take() => _pool.TryPop(out var one) ? one : new Operation();
            {{members}}
        }
        """;

    [Theory]
    [InlineData("public async Task ReceiveAsync() { var o = Take(); try { socket.ReceiveAsync(o); await Task.Yield(); } finally { {|LCA4005:_pool.Push(o)|}; } }")]
    public Task Nobody_awaits_it(string members) => Case.HoldsAsync(Awaited(members));

    [Theory]
    [InlineData("public async Task ReceiveAsync() { var o = Take(); try { var error = await socket.ReceiveAsync(o); if (error != SocketError.Success) return; } finally { _pool.Push(o); } }")]
    [InlineData("public async Task ReceiveAsync() { var o = Take(); var pending = socket.ReceiveAsync(o); await Task.Yield(); await pending; _pool.Push(o); }")]
    public Task It_is_awaited(string members) => Case.SilentAsync(Awaited(members));

    /// <summary>A line to a peer is no operation object, though its type is none of the known connections: the exchange that it was taken for is LCA4001's.</summary>
    [Fact]
    public Task A_line_that_is_asked_and_answers() => Case.HoldsAsync("""
        class Line(TcpClient client) : IDisposable
        {
            public Task SendAsync(byte[] question, CancellationToken ct) => client.GetStream().WriteAsync(question, ct).AsTask();
            public async Task<byte[]> ReceiveAsync(CancellationToken ct) { var b = new byte[8]; await client.GetStream().ReadExactlyAsync(b, ct); return b; }
            public void Dispose() => client.Dispose();
        }

        class Lines(Func<Line> dial)
        {
            private readonly ConcurrentBag<Line> _free = new();
            private Line Take() => _free.TryTake(out var one) ? one : dial();

            public async Task<byte[]?> AskAsync(byte[] question, CancellationToken ct)
            {
                var line = Take();
                byte[]? answer = null;
                try
                {
                    await line.SendAsync(question, ct);
                    answer = await line.ReceiveAsync(ct).WaitAsync(TimeSpan.FromSeconds(1), ct);
                }
                catch (TimeoutException) { }

                {|LCA4001:_free.Add(line)|};
                return answer;
            }
        }
        """);
}
