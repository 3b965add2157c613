namespace LifecycleAnalyzers.Tests.LCA4005;

/// <summary>The operation object is touched while its operation is under way.</summary>
public class Reports
{
    internal static string Server(string members) => $$"""
        class Server
        {
            private readonly ConcurrentStack<SocketAsyncEventArgs> _pool = new();
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();
            private SocketAsyncEventArgs Take() => _pool.TryPop(out var one) ? one : new SocketAsyncEventArgs();
            private void Sent(SocketAsyncEventArgs e) { if (e.SocketError != SocketError.Success) Console.WriteLine(e.LastOperation); }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("public void Send() { var e = Take(); if (!_socket.SendAsync(e)) Sent(e); {|LCA4005:_pool.Push(e)|}; }")]
    [InlineData("public void Send() { var e = Take(); try { if (!_socket.SendAsync(e)) Sent(e); } finally { {|LCA4005:_pool.Push(e)|}; } }")]
    [InlineData("public void Send() { var e = Take(); Begin(e); {|LCA4005:_pool.Push(e)|}; } private void Begin(SocketAsyncEventArgs e) { if (!_socket.SendAsync(e)) Sent(e); }")]
    [InlineData("public void Send() { var e = Take(); var isOver = !_socket.SendAsync(e); if (!isOver) {|LCA4005:_pool.Push(e)|}; }")]
    [InlineData("public void Send() { var pool = _pool; var e = Take(); if (!_socket.SendAsync(e)) Sent(e); {|LCA4005:pool.Push(e)|}; }")]
    [InlineData("public void Connect() { using {|LCA4005:var e = new SocketAsyncEventArgs()|}; _socket.ConnectAsync(e); }")]
    [InlineData("public void Connect() { var e = new SocketAsyncEventArgs(); _socket.ConnectAsync(e); {|LCA4005:e.Dispose()|}; }")]
    [InlineData("public void Read(object next) { var pending = _socket.ReceiveAsync(_args); if (!pending) { _args.UserToken = next; return; } {|LCA4005:_args.UserToken = next|}; }")]
    [InlineData("public void Say(System.Net.EndPoint to) { {|LCA4005:_args.RemoteEndPoint = to|}; _socket.SendToAsync(_args); }")]
    [InlineData("public void Connect(ManualResetEvent done) { var e = new SocketAsyncEventArgs(); if (_socket.ConnectAsync(e) && !done.WaitOne(9)) { {|LCA4005:e.Dispose()|}; } }")]
    [InlineData("public bool Connect(ManualResetEvent done) { var e = new SocketAsyncEventArgs(); if (!_socket.ConnectAsync(e)) done.Set(); var over = done.WaitOne(9); {|LCA4005:e.Dispose()|}; return over; }")]
    [InlineData("public bool Wait(ManualResetEvent done) { var e = new SocketAsyncEventArgs(); try { if (!_socket.ConnectAsync(e)) return true; return done.WaitOne(9); } finally { {|LCA4005:e.Dispose()|}; } }")]
    [InlineData("public void Tell(Socket[] peers) { foreach (var peer in peers) { if (!{|LCA4005:peer.SendAsync(_args)|}) Sent(_args); } }")]
    [InlineData("public void Accept() { for (var i = 0; i < 3; i++) { if (!{|LCA4005:_socket.AcceptAsync(_args)|}) Sent(_args); } }")]
    // The clock may have won.
    [InlineData("public async Task SendAsync(TaskCompletionSource over) { var e = Take(); if (!_socket.SendAsync(e)) over.SetResult(); var first = await Task.WhenAny(over.Task, Task.Delay(9)); if (first != over.Task) Console.WriteLine(); {|LCA4005:_pool.Push(e)|}; }")]
    [InlineData("public async Task SendAsync(TaskCompletionSource over) { var e = Take(); try { if (!_socket.SendAsync(e)) over.SetResult(); await over.Task.WaitAsync(TimeSpan.FromSeconds(1)); } finally { {|LCA4005:_pool.Push(e)|}; } }")]
    [InlineData("public async Task ReadAsync(TaskCompletionSource over, CancellationToken stop) { using {|LCA4005:var e = new SocketAsyncEventArgs()|}; if (_socket.ReceiveAsync(e)) await over.Task.WaitAsync(stop); }")]
    [InlineData("public async Task ReadAsync(CancellationToken stop) { var e = Take(); var over = new TaskCompletionSource(); using (stop.Register(() => over.TrySetCanceled())) { try { if (_socket.ReceiveAsync(e)) await over.Task; } finally { {|LCA4005:_pool.Push(e)|}; } } }")]
    public Task Of_a_server(string members) => Case.HoldsAsync(Server(members));

    [Fact]
    public Task With_its_message() => Case.HoldsAsync(
        Server("public void Send() { var e = Take(); if (!_socket.SendAsync(e)) Sent(e); {|#0:_pool.Push(e)|}; }"),
        Case.Diagnostic("LCA4005").WithLocation(0).WithMessage("'e' is given back while 'SendAsync' may still be under way with it"));

    [Fact]
    public Task An_operation_of_ones_own() => Case.HoldsAsync("""
        class SendOperation { public byte[] Bytes = []; public Task RunAsync(NetworkStream stream) => stream.WriteAsync(Bytes, 0, Bytes.Length); }

        class Sender
        {
            private readonly ConcurrentBag<SendOperation> _pool = new();
            private readonly NetworkStream _stream;
            public Sender(NetworkStream stream) => _stream = stream;
            public void Send()
            {
                if (!_pool.TryTake(out var operation)) operation = new SendOperation();
                _ = operation.RunAsync(_stream);
                {|LCA4005:_pool.Add(operation)|};
            }
        }
        """);
}
