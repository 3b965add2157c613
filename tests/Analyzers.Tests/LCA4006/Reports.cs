namespace LifecycleAnalyzers.Tests.LCA4006;

/// <summary>A write and the read of its answer, with nothing around the pair.</summary>
public class Reports
{
    internal static string Device(string members) => $$"""
        class Device
        {
            private readonly SemaphoreSlim _gate = new(1);
            private readonly WireClient _wire;
            private readonly NetworkStream _stream;
            private bool _busy;
            public Device(WireClient wire, NetworkStream stream) => (_wire, _stream) = (wire, stream);
            {{members}}
        }

        static class Frames
        {
            public static async Task WriteAsync(Stream stream) => await stream.WriteAsync(new byte[4]);
            public static async Task<int> ReadAsync(Stream stream) { await stream.ReadExactlyAsync(new byte[4]); return 4; }
        }
        """;

    [Theory]
    [InlineData("public async Task<string> AskAsync(string q) { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); }")]
    [InlineData("public async Task<string> AskAsync(string q) { {|LCA4006:_wire.Send(q)|}; return await _wire.ReceiveAsync(); }")]
    [InlineData("internal async Task AskAsync(byte[] q) { await {|LCA4006:_stream.WriteAsync(q)|}; await _stream.FlushAsync(); await _stream.ReadExactlyAsync(q); }")]
    [InlineData("public async Task AskAsync(byte[] q) { var s = _stream; await {|LCA4006:s.WriteAsync(q)|}; await _stream.ReadExactlyAsync(q); }")]
    [InlineData("public async Task<int> AskAsync() { await {|LCA4006:Frames.WriteAsync(_stream)|}; return await Frames.ReadAsync(_stream); }")]
    [InlineData("private Timer? _a, _b; public void Start() { _a = new Timer(_ => _ = PairAsync(\"a\"), null, 0, 9); _b = new Timer(_ => _ = PairAsync(\"b\"), null, 0, 9); } private async Task PairAsync(string q) { await {|LCA4006:_wire.SendAsync(q)|}; await _wire.ReceiveAsync(); }")]
    [InlineData("public Task<string> AskAsync(string q) => PairAsync(q); private async Task<string> PairAsync(string q) { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); }")]
    [InlineData("public async Task<string> AskAsync(string q) { await {|LCA4006:PutAsync(q)|}; return await TakeAsync(); } private Task PutAsync(string q) => _wire.SendAsync(q); private async Task<string> TakeAsync() { return await _wire.ReceiveAsync(); }")]
    // Several get in.
    [InlineData("private readonly SemaphoreSlim _two = new(2, 2); public async Task<string> AskAsync(string q) { await _two.WaitAsync(); try { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); } finally { _two.Release(); } }")]
    // The lock is the field's, not the exchange's.
    [InlineData("public async Task<string> AskAsync(string q) { WireClient wire; lock (_gate) { wire = _wire; } await {|LCA4006:wire.SendAsync(q)|}; return await wire.ReceiveAsync(); }")]
    // The gate is left before the answer is read.
    [InlineData("public async Task<string> AskAsync(string q) { await _gate.WaitAsync(); try { await {|LCA4006:_wire.SendAsync(q)|}; } finally { _gate.Release(); } return await _wire.ReceiveAsync(); }")]
    public Task The_write(string members) => Case.HoldsAsync(Device(members));

    /// <summary>What a <c>using</c> around the pair holds, and what keeps nobody waiting.</summary>
    internal static string InTurn(string body) => $$"""
        class Turn
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            public async Task<IDisposable> TakeAsync() { await _one.WaitAsync(); return new Release(_one); }
            public IDisposable Take() { _one.Wait(); return new Release(_one); }
            public async Task<IDisposable> PassAsync() { await _one.WaitAsync(); _one.Release(); return new Release(_one); }
            public async Task<IDisposable> MeasureAsync() { await Task.Yield(); return new Release(_one); }
            private sealed class Release(SemaphoreSlim one) : IDisposable { public void Dispose() => one.Release(); }
        }

        interface ILine { Task<IDisposable> QueueUpAsync(); IDisposable Watch(); }

        class Device(WireClient wire, ILine line)
        {
            private readonly WireClient _wire = wire;
            private readonly ILine _line = line;
            private readonly Turn _turn = new();
            public async Task<string> AskAsync(string q) { {{body}} }
        }
        """;

    [Theory]
    [InlineData("using (await _turn.MeasureAsync()) { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); }")]
    [InlineData("using (await _turn.PassAsync()) { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); }")]
    [InlineData("using (_line.Watch()) { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); }")]
    [InlineData("using (await _turn.TakeAsync()) await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync();")]
    public Task Within_what_keeps_nobody_waiting(string body) => Case.HoldsAsync(InTurn(body));

    [Fact]
    public Task Reader_and_writer_of_one_stream() => Case.HoldsAsync("""
        class Lines
        {
            private readonly StreamReader _reader;
            private readonly StreamWriter _writer;
            public Lines(NetworkStream stream) { _reader = new StreamReader(stream); _writer = new StreamWriter(stream); }
            public async Task<string?> CommandAsync(string text)
            {
                await {|LCA4006:_writer.WriteLineAsync(text)|};
                await _writer.FlushAsync();
                return await _reader.ReadLineAsync();
            }
        }
        """);

    [Fact]
    public Task With_its_message() => Case.HoldsAsync(
        Device("public async Task<string> AskAsync(string q) { await {|#0:_wire.SendAsync(q)|}; return await {|#1:_wire.ReceiveAsync()|}; }"),
        Case.Diagnostic("LCA4006").WithLocation(0).WithLocation(1).WithMessage("'AskAsync' writes to '_wire' and reads the answer after an await: a second caller of 'AskAsync' can get in between and take the other's answer"));

    [Fact]
    public Task Of_a_base_class_whose_subclass_is_open_to_all() => Case.HoldsAsync("""
        abstract class Instrument(NetworkStream port)
        {
            protected async Task<byte[]> QueryAsync(byte[] q)
            {
                await {|LCA4006:port.WriteAsync(q)|};
                await port.ReadExactlyAsync(q);
                return q;
            }
        }

        class Multimeter(NetworkStream port) : Instrument(port)
        {
            public Task<byte[]> VoltsAsync() => QueryAsync([1]);
        }
        """);
}
