namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>The operation has ended, or the buffer is left to the collector.</summary>
public class Silent
{
    [Theory]
    [InlineData("try { await _socket.SendAsync(b.AsMemory(0, 9)); } finally { ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("await _stream.ReadAsync(b, 0, 9).WaitAsync(TimeSpan.FromSeconds(1)); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("try { var t = _stream.WriteAsync(b, 0, 9); var u = _socket.SendAsync(b.AsMemory()).AsTask(); await Task.WhenAll(t, u); } finally { ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("var t = _stream.ReadAsync(b, 0, 9); if (await Task.WhenAny(t, Task.Delay(9)) != t) throw new TimeoutException(); await t; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("_ = _stream.WriteAsync(b, 0, 9).ContinueWith(_ => ArrayPool<byte>.Shared.Return(b)); await Task.Yield();")]
    [InlineData("var t = _socket.SendAsync(b.AsMemory(0, 9)); if (!t.IsCompletedSuccessfully) await t; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var copy = b.AsSpan(0, 4).ToArray(); _ = _socket.SendAsync(copy.AsMemory()); ArrayPool<byte>.Shared.Return(b); await Task.Yield();")]
    [InlineData("var t = _stream.ReadAsync(b, 0, 9); t.GetAwaiter().GetResult(); ArrayPool<byte>.Shared.Return(b); await Task.Yield();")]
    [InlineData("using var stop = new CancellationTokenSource(); try { var t = _stream.ReadAsync(b, 0, 9, stop.Token); if (await Task.WhenAny(t, Task.Delay(9)) != t) await stop.CancelAsync(); await t; } finally { ArrayPool<byte>.Shared.Return(b); }")]
    public Task Returned(string body) => Case.SilentAsync(Reports.Method(body));

    [Theory]
    [InlineData("public async Task SayAsync() { using var owner = MemoryPool<byte>.Shared.Rent(9); await _stream.WriteAsync(owner.Memory[..9]); }")]
    [InlineData("public async Task SayAsync(string text) { var n = Encoding.UTF8.GetBytes(text, _out); await _socket.SendAsync(_out.AsMemory(0, n)); }")]
    [InlineData("public void Say(string text) { var bytes = Encoding.UTF8.GetBytes(text); _ = _socket.SendAsync(bytes.AsMemory()); }")]
    [InlineData("public void Advance() { ArrayPool<byte>.Shared.Return(_spare); _spare = ArrayPool<byte>.Shared.Rent(9); } public void Put(byte b) => _spare[0] = b;")]
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
