namespace LifecycleAnalyzers.Tests.LCA4005;

/// <summary>The operation is over, or nothing is done to its object.</summary>
public class Silent
{
    [Theory]
    [InlineData("public void Send() { var e = Take(); if (!_socket.SendAsync(e)) { Sent(e); _pool.Push(e); } }")]
    [InlineData("public void Send() { var e = Take(); e.UserToken = this; if (!_socket.SendAsync(e)) Sent(e); }")]
    [InlineData("private void OnCompleted(object? sender, SocketAsyncEventArgs e) { if (e.BytesTransferred == 0) { _pool.Push(e); return; } while (!_socket.ReceiveAsync(e)) Sent(e); }")]
    [InlineData("public void Connect() { using var e = new SocketAsyncEventArgs(); using var done = new ManualResetEventSlim(); e.Completed += (_, _) => done.Set(); if (_socket.ConnectAsync(e)) done.Wait(); }")]
    [InlineData("public async Task ConnectAsync() { using var e = new SocketAsyncEventArgs(); var done = new TaskCompletionSource(); e.Completed += (_, _) => done.SetResult(); if (_socket.ConnectAsync(e)) await done.Task; }")]
    [InlineData("public void Send() { var e = Take(); try { if (!_socket.SendAsync(e)) Sent(e); } catch (ObjectDisposedException) { _pool.Push(e); } }")]
    [InlineData("public void Connect() { var e = new SocketAsyncEventArgs(); if (_socket.ConnectAsync(e)) { Socket.CancelConnectAsync(e); } e.Dispose(); }")]
    [InlineData("public bool Connect(ManualResetEvent done) { var e = new SocketAsyncEventArgs(); if (!_socket.ConnectAsync(e)) done.Set(); var over = done.WaitOne(9); if (over) e.Dispose(); return over; }")]
    [InlineData("public void Tell(Socket[] peers) { foreach (var peer in peers) { SocketAsyncEventArgs e; lock (_pool) e = Take(); if (!peer.SendAsync(e)) Sent(e); } }")]
    [InlineData("public void Accept() { while (true) { if (_socket.AcceptAsync(_args)) return; Sent(_args); } }")]
    [InlineData("public void Accept(bool more) { while (true) { var under = more && _socket.AcceptAsync(_args); if (under) return; Sent(_args); _args.UserToken = this; } }")]
    [InlineData("public void Send() { var e = Take(); var isOver = !_socket.SendAsync(e); if (isOver) _pool.Push(e); }")]
    [InlineData("public void StartAccepting() { _args.AcceptSocket = null; if (!_socket.AcceptAsync(_args)) Accepted(_args); } private void Accepted(SocketAsyncEventArgs e) { Sent(e); StartAccepting(); }")]
    [InlineData("public void Accept(AutoResetEvent over) { for (var i = 0; i < 3; i++) { if (_socket.AcceptAsync(_args)) over.WaitOne(); Sent(_args); } }")]
    [InlineData("public void Accept() { for (var i = 0; i < 3; i++) { var e = Take(); if (!_socket.AcceptAsync(e)) Sent(e); } }")]
    [InlineData("public async Task SendAsync(TaskCompletionSource over) { var e = Take(); if (!_socket.SendAsync(e)) over.SetResult(); var first = await Task.WhenAny(over.Task, Task.Delay(9)); if (first != over.Task) return; _pool.Push(e); }")]
    [InlineData("public async Task SendAsync(TaskCompletionSource over) { var e = Take(); var clock = Task.Delay(9); if (!_socket.SendAsync(e)) over.SetResult(); if (await Task.WhenAny(over.Task, clock) != clock) _pool.Push(e); }")]
    [InlineData("public async Task SendAsync(TaskCompletionSource over) { var e = Take(); if (!_socket.SendAsync(e)) over.SetResult(); await Task.WhenAny(over.Task, Task.Delay(9)); if (over.Task.IsCompleted) _pool.Push(e); }")]
    [InlineData("public async Task ReadAsync(TaskCompletionSource over) { using var e = new SocketAsyncEventArgs(); try { if (_socket.ReceiveAsync(e)) await over.Task.WaitAsync(TimeSpan.FromSeconds(1)); } catch (TimeoutException) { _socket.Close(); throw; } }")]
    [InlineData("public async Task ReadAsync(CancellationToken stop) { var e = Take(); var over = new TaskCompletionSource(); using (stop.Register(() => { _socket.Close(); over.TrySetCanceled(); })) { try { if (_socket.ReceiveAsync(e)) await over.Task; } finally { _pool.Push(e); } } }")]
    [InlineData("public async Task ReadAsync(CancellationToken stop) { var e = Take(); var over = new TaskCompletionSource(); using (stop.Register(() => over.TrySetCanceled())) { if (_socket.ReceiveAsync(e)) await over.Task; _pool.Push(e); } }")]
    public Task Of_a_server(string members) => Case.SilentAsync(Reports.Server(members));

    /// <summary>By the author's own word nothing is under way with it.</summary>
    [Theory]
    [InlineData("System.Diagnostics.Debug.Assert(_args.UserToken == null, \"under way\"); _args.RemoteEndPoint = to;")]
    [InlineData("System.Diagnostics.Debug.Assert(to != null); {|LCA4005:_args.RemoteEndPoint = to|};")]
    public Task Asserted(string before) => Case.HoldsAsync(Reports.Server("public void Say(System.Net.EndPoint to) { " + before + " _socket.SendToAsync(_args); }"));
}
