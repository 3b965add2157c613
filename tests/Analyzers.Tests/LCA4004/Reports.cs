namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>The buffer goes, the operation goes on.</summary>
public class Reports
{
    internal static string Sender(string members) => "using System.Buffers;\nusing System.Text;\n" + $$"""
        class Sender
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly byte[] _out = new byte[99];
            private byte[] _spare = new byte[99];
            private readonly NetworkStream _stream;
            public Sender(NetworkStream stream) => _stream = stream;
            {{members}}
        }

        readonly struct Rented : IDisposable
        {
            public Rented(int length) => Array = ArrayPool<byte>.Shared.Rent(length);
            public byte[] Array { get; }
            public void Dispose() => ArrayPool<byte>.Shared.Return(Array);
        }
        """;

    internal static string Method(string body, string result = "async Task") => Sender($$"""public {{result}} DoAsync() { var b = ArrayPool<byte>.Shared.Rent(9); {{body}} }""");

    [Theory]
    [InlineData("_ = _socket.SendAsync(b.AsMemory(0, 9)); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};", "void")]
    // Nobody waits for the continuation, and it leaves the buffer alone.
    [InlineData("_stream.WriteAsync(b, 0, 9).ContinueWith(t => Console.WriteLine(t.Exception)); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};", "void")]
    [InlineData("_ = _socket.SendAsync(b.AsMemory(0, 9)).AsTask().ContinueWith(t => Console.WriteLine(t.Exception)); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};", "void")]
    [InlineData("await _stream.WriteAsync(b, 0, 9).ContinueWith(t => Console.WriteLine(t.Exception)); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("_stream.WriteAsync(b, 0, 9).ContinueWith(t => ArrayPool<byte>.Shared.Return(b)); if (_stream.CanTimeout) ArrayPool<byte>.Shared.Return(b);", "void")]
    [InlineData("_socket.BeginSend(b, 0, 9, SocketFlags.None, null, null); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};", "void")]
    [InlineData("try { return _stream.WriteAsync(b, 0, 9); } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }", "Task")]
    [InlineData("try { await _stream.ReadAsync(b, 0, 9).WaitAsync(TimeSpan.FromSeconds(1)); } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    [InlineData("try { var t = _stream.ReadAsync(b, 0, 9); if (await Task.WhenAny(t, Task.Delay(9)) != t) throw new TimeoutException(); await t; } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    [InlineData("var t = _stream.ReadAsync(b, 0, 9); if (!t.Wait(9)) { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; } await t;")]
    [InlineData("var t = _stream.WriteAsync(b, 0, 9); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; await t;")]
    [InlineData("_ = Task.Run(() => _stream.Write(b, 0, 9)); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};", "void")]
    [InlineData("var all = new[] { _stream.WriteAsync(b, 0, 9), Task.Delay(9) }; await Task.WhenAny(all); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};")]
    [InlineData("var t = _stream.WriteAsync(b, 0, 9); await Task.WhenAny(t, Task.Delay(8), Task.Delay(9)); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};")]
    [InlineData("CancellationToken stop = new(true); try { var t = _stream.ReadAsync(b, 0, 9); await Task.WhenAny(t, Task.Delay(-1, stop)); stop.ThrowIfCancellationRequested(); await t; } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    // The second goes on when the first fails.
    [InlineData("try { var t = _stream.WriteAsync(b, 0, 9); var u = _socket.SendAsync(b.AsMemory()).AsTask(); await u; await t; } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    public Task Returned(string body, string result = "async Task") => Case.HoldsAsync(Method(body, result));

    /// <summary>The tasks of several sends in one list, or behind one <c>WhenAll</c>.</summary>
    [Theory]
    [InlineData("var all = Task.WhenAll(t); if (await Task.WhenAny(all, Task.Delay(9)) != all) Console.WriteLine(); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};")]
    [InlineData("await Task.WhenAny(t); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};")]
    [InlineData("try { await Task.WhenAll(t).WaitAsync(TimeSpan.FromSeconds(1)); } finally { {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    [InlineData("{|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; await Task.WhenAll(t);")]
    public async Task Sends_to_several(string then)
    {
        await Case.HoldsAsync(Several(then));
        await Case.HoldsAsync(Selected(then));
    }

    internal static string Several(string then) => Method("var t = new List<Task>(); foreach (var s in new[] { _socket }) t.Add(s.SendAsync(b.AsMemory(0, 9)).AsTask()); " + then);

    internal static string Selected(string then) => "using System.Linq;\n" + Method("var t = new[] { _socket }.Select(s => s.SendAsync(b.AsMemory(0, 9)).AsTask()).ToList(); " + then);

    [Theory]
    [InlineData("public async Task SayAsync(Socket[] to) { var t = new Task[to.Length]; for (var i = 0; i < t.Length; i++) { {|LCA4004:_out[0]++|}; t[i] = to[i].SendAsync(_out.AsMemory()).AsTask(); } await Task.WhenAll(t); }")]
    // Who comes next reads into what the pool has lent to somebody else meanwhile.
    [InlineData("public async Task<int> TakeAsync() { var n = await _stream.ReadAsync(_spare.AsMemory(0, 9)); {|LCA4004:ArrayPool<byte>.Shared.Return(_spare)|}; return n; }")]
    public Task Used_again(string members) => Case.HoldsAsync(Sender(members));

    [Theory]
    [InlineData("public ValueTask SayAsync() { using {|LCA4004:var owner = MemoryPool<byte>.Shared.Rent(9)|}; return _stream.WriteAsync(owner.Memory[..9]); }")]
    [InlineData("public Task SayAsync() { using {|LCA4004:var rented = new Rented(9)|}; return _stream.WriteAsync(rented.Array, 0, 9); }")]
    [InlineData("public void Say() { var owner = MemoryPool<byte>.Shared.Rent(9); _ = _stream.WriteAsync(owner.Memory); {|LCA4004:owner.Dispose()|}; }")]
    // Filled anew while the last one is still being sent.
    [InlineData("public void Say(string text) { var n = {|LCA4004:Encoding.UTF8.GetBytes(text, _out)|}; _ = _socket.SendAsync(_out.AsMemory(0, n)); }")]
    [InlineData("public async Task PumpAsync(Socket to) { while (true) { var n = await {|LCA4004:_socket.ReceiveAsync(_out)|}; _ = to.SendAsync(_out.AsMemory(0, n)); } }")]
    // It stays in its field.
    [InlineData("public void Advance() { {|LCA4004:ArrayPool<byte>.Shared.Return(_spare)|}; } public void Put(byte b) => _spare[0] = b; public void Fill() { _spare[1] = 1; }")]
    [InlineData("public void Advance(byte[] next) { Release(); _spare = next; } public void Pause() { Release(); } private void Release() => {|LCA4004:ArrayPool<byte>.Shared.Return(_spare)|}; public void Fill() { _spare[1] = 1; }")]
    public Task Given_away(string members) => Case.HoldsAsync(Sender(members));

    [Fact]
    public Task With_its_message() => Case.HoldsAsync(
        Method("_ = {|#1:_socket.SendAsync(b.AsMemory(0, 9))|}; {|#0:ArrayPool<byte>.Shared.Return(b)|};", "void"),
        Case.Diagnostic("LCA4004").WithLocation(0).WithLocation(1).WithMessage("'b' is given away while 'SendAsync' may still use it"));
}
