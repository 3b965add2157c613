namespace LifecycleAnalyzers.Tests.LCA4006;

/// <summary>A type that is a stream itself writes and reads by its own members, which go to the stream that it keeps.</summary>
public class StreamsOfOnesOwn
{
    private static string Control(string members) => $$"""
        interface IReplies { Task<string> ReplyAsync(); }

        class ControlStream(NetworkStream inner) : Stream, IReplies
        {
            private readonly SemaphoreSlim _turn = new(1, 1);
            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => 0;
            public override long Position { get => 0; set { } }
            public override void Flush() { }
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
            public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
            public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken stop) => await inner.WriteAsync(buffer, offset, count, stop);
            private async Task PutAsync(string line) { var bytes = new byte[line.Length]; await WriteAsync(bytes, 0, bytes.Length, CancellationToken.None); }
            private async Task<string> TakeAsync() { await Task.Yield(); return Line(); }
            private string Line() { foreach (var part in Parts()) return part; return ""; }
            private IEnumerable<string> Parts() { var bytes = new byte[1]; while (Read(bytes, 0, 1) > 0) yield return ""; }
            Task<string> IReplies.ReplyAsync() => TakeAsync();
            {{members}}
        }
        """;

    [Theory]
    [InlineData("public async Task<string> AskAsync(string line) { await {|LCA4006:PutAsync(line)|}; return await TakeAsync(); }")]
    [InlineData("public async Task<string> AskAsync(string line) { await {|LCA4006:PutAsync(line)|}; return await ((IReplies)this).ReplyAsync(); }")]
    [InlineData("public async Task<string> AskAsync(string line) { await _turn.WaitAsync(); try { await {|LCA4006:PutAsync(line)|}; } finally { _turn.Release(); } return await TakeAsync(); }")]
    public Task With_nothing_around_the_pair(string members) => Case.HoldsAsync(Control(members));

    [Theory]
    [InlineData("public async Task<string> AskAsync(string line) { await _turn.WaitAsync(); try { await PutAsync(line); return await TakeAsync(); } finally { _turn.Release(); } }")]
    [InlineData("public async Task<string> AskAsync(string line) { await _turn.WaitAsync(); try { await PutAsync(line); return await ((IReplies)this).ReplyAsync(); } finally { _turn.Release(); } }")]
    [InlineData("public Task TellAsync(string line) => PutAsync(line); public Task<string> HearAsync() => TakeAsync();")]
    public Task In_turn_or_one_way(string members) => Case.SilentAsync(Control(members));
}
