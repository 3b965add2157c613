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
    public Task Of_a_server(string members) => Case.SilentAsync(Reports.Server(members));
}
