namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>The operation has ended, or the buffer is left to the collector.</summary>
public class Silent
{
    [Theory]
    [InlineData("try { await _socket.SendAsync(b.AsMemory(0, 9)); } finally { ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("await _stream.ReadAsync(b, 0, 9).WaitAsync(TimeSpan.FromSeconds(1)); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("try { var t = _stream.WriteAsync(b, 0, 9); var u = _socket.SendAsync(b.AsMemory()).AsTask(); await Task.WhenAll(t, u); } finally { ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("var t = _stream.ReadAsync(b, 0, 9); if (await Task.WhenAny(t, Task.Delay(9)) != t) throw new TimeoutException(); await t; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var all = new[] { _stream.WriteAsync(b, 0, 9), _stream.FlushAsync() }; await Task.WhenAll(all); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var all = new[] { _stream.WriteAsync(b, 0, 9), _stream.FlushAsync() }; await all[0]; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var t = _stream.WriteAsync(b, 0, 9); await Task.WhenAny(t, Task.Delay(8), Task.Delay(9)); await t; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("CancellationToken stop = new(true); try { var t = _stream.ReadAsync(b, 0, 9); await t; stop.ThrowIfCancellationRequested(); } finally { ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("var t = _stream.WriteAsync(b, 0, 9); var u = _stream.FlushAsync(); var all = Task.WhenAll(t, u); await all; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("_ = _stream.WriteAsync(b, 0, 9).ContinueWith(_ => ArrayPool<byte>.Shared.Return(b)); await Task.Yield();")]
    [InlineData("var t = _socket.SendAsync(b.AsMemory(0, 9)); if (!t.IsCompletedSuccessfully) await t; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var copy = b.AsSpan(0, 4).ToArray(); _ = _socket.SendAsync(copy.AsMemory()); ArrayPool<byte>.Shared.Return(b); await Task.Yield();")]
    [InlineData("var t = _stream.ReadAsync(b, 0, 9); t.GetAwaiter().GetResult(); ArrayPool<byte>.Shared.Return(b); await Task.Yield();")]
    [InlineData("using var stop = new CancellationTokenSource(); try { var t = _stream.ReadAsync(b, 0, 9, stop.Token); if (await Task.WhenAny(t, Task.Delay(9)) != t) await stop.CancelAsync(); await t; } finally { ArrayPool<byte>.Shared.Return(b); }")]
    public Task Returned(string body) => Case.SilentAsync(Reports.Method(body));

    [Theory]
    [InlineData("await Task.WhenAll(t); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("foreach (var one in t) await one; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("while (t.Count > 0) { var first = await Task.WhenAny(t); t.Remove(first); } ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("Task.WaitAll(t.ToArray()); ArrayPool<byte>.Shared.Return(b); await Task.Yield();")]
    [InlineData("var all = Task.WhenAll(t); if (await Task.WhenAny(all, Task.Delay(9)) == all) ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("await EndOfAsync(t); ArrayPool<byte>.Shared.Return(b); static Task EndOfAsync(IEnumerable<Task> tasks) => Task.WhenAll(tasks);")]
    public async Task Sends_to_several(string then)
    {
        await Case.SilentAsync(Reports.Several(then));
        await Case.SilentAsync(Reports.Selected(then));
    }

    [Theory]
    // A buffer for each.
    [InlineData("public async Task SayAsync(Socket[] to) { var t = new List<Task>(); foreach (var s in to) { var b = new byte[9]; b[0] = 1; t.Add(s.SendAsync(b.AsMemory()).AsTask()); } await Task.WhenAll(t); }")]
    // A loop that is run once, at whose end nobody needs it any more.
    [InlineData("public async Task PumpAsync() { while (await _stream.ReadAsync(_spare) > 0) { } ArrayPool<byte>.Shared.Return(_spare); }")]
    [InlineData("public async Task RunAsync() { await _stream.ReadAsync(_spare); ArrayPool<byte>.Shared.Return(_spare); }")]
    [InlineData("public void Forget() { if (_spare.Length > 0) ArrayPool<byte>.Shared.Return(_spare); }")]
    public Task Not_used_again(string members) => Case.SilentAsync(Reports.Sender(members));

    [Theory]
    [InlineData("public async Task SayAsync() { using var owner = MemoryPool<byte>.Shared.Rent(9); await _stream.WriteAsync(owner.Memory[..9]); }")]
    [InlineData("public async Task SayAsync(string text) { var n = Encoding.UTF8.GetBytes(text, _out); await _socket.SendAsync(_out.AsMemory(0, n)); }")]
    [InlineData("public void Say(string text) { var bytes = Encoding.UTF8.GetBytes(text); _ = _socket.SendAsync(bytes.AsMemory()); }")]
    [InlineData("public void Advance() { ArrayPool<byte>.Shared.Return(_spare); _spare = ArrayPool<byte>.Shared.Rent(9); } public void Put(byte b) => _spare[0] = b;")]
    [InlineData("public void Advance(byte[] next) { Release(); _spare = next; } public void Dispose() { Release(); } private void Release() => ArrayPool<byte>.Shared.Return(_spare); public void Fill() { _spare[1] = 1; }")]
    [InlineData("public void Dispose() => ArrayPool<byte>.Shared.Return(_spare); public void Put(byte b) { _spare[0] = b; }")]
    public Task Kept(string members) => Case.SilentAsync(Reports.Sender(members));

    [Fact]
    public Task A_file_is_no_connection() => Case.SilentAsync("""
        using System.Buffers;

        class Log
        {
            private readonly MemoryStream _memory = new();
            public void Write() { var b = ArrayPool<byte>.Shared.Rent(9); _ = _memory.WriteAsync(b, 0, 9); ArrayPool<byte>.Shared.Return(b); }
        }
        """);
}
