namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>A buffer that was set on an operation object belongs to it until its event.</summary>
public class ToldByEvent
{
    private static string Method(string body, string result = "void") => Reports.Sender($$"""public {{result}} Do(SocketAsyncEventArgs args) { var b = ArrayPool<byte>.Shared.Rent(9); args.SetBuffer(b, 0, 9); {{body}} } private void Done() { }""");

    [Theory]
    [InlineData("if (!_socket.SendAsync(args)) Done(); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};")]
    [InlineData("var pending = _socket.ReceiveAsync(args); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; if (!pending) Done();")]
    [InlineData("try { if (!_socket.SendAsync(args)) Done(); } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    [InlineData("if (_socket.SendAsync(args)) { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    public Task It_goes_back_while_the_operation_is_pending(string body) => Case.HoldsAsync(Method(body));

    [Theory]
    // Complete at once
    [InlineData("if (!_socket.SendAsync(args)) ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var pending = _socket.SendAsync(args); if (!pending) { Done(); ArrayPool<byte>.Shared.Return(b); }")]
    // Waited for
    [InlineData("var done = new ManualResetEventSlim(); args.Completed += (_, _) => done.Set(); if (_socket.SendAsync(args)) done.Wait(); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var done = new TaskCompletionSource(); args.Completed += (_, _) => done.SetResult(); if (_socket.SendAsync(args)) await done.Task; ArrayPool<byte>.Shared.Return(b);", "async Task")]
    public Task It_goes_back_after_the_operation(string body, string result = "void") => Case.SilentAsync(Method(body, result));

    [Theory]
    [InlineData("Stream s, byte[] data", "var b = ArrayPool<byte>.Shared.Rent(9); s.BeginRead(b, 0, 9, ar => { try { s.EndRead(ar); } catch (Exception e) { Console.WriteLine(e); } }, null); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};")]
    [InlineData("Stream s, byte[] data", "var b = ArrayPool<byte>.Shared.Rent(9); var ar = s.BeginWrite(b, 0, 9, null, null); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; s.EndWrite(ar);")]
    public Task A_plain_stream_begins_too(string parameters, string body) => Case.HoldsAsync(Reports.Sender($$"""public void Do({{parameters}}) { {{body}} }"""));
}
