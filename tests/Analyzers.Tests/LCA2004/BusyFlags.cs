namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>A field is up while a write is under way, and whoever comes meanwhile leaves his message to the one who takes it down.</summary>
public class BusyFlags
{
    private static string Writer(string send, string done) => $$"""
        class Writer
        {
            private readonly NetworkStream _stream = new TcpClient().GetStream();
            private readonly Queue<byte[]> _waiting = new();
            private bool _writing;
            private byte[]? _current;
            private TaskCompletionSource? _turn;
            public Writer(Feed feed) => feed.Ticked += (_, m) => Send(m);
            public void Send(byte[] m) { {{send}} }
            private void Start(byte[] m) { try { _stream.BeginWrite(m, 0, m.Length, OnWritten, null); } catch (Exception) { _stream.Dispose(); } }
            private void OnWritten(IAsyncResult r) { try { _stream.EndWrite(r); } catch (Exception) { return; } {{done}} }
        }

        class Feed { public event EventHandler<byte[]>? Ticked; public void Tick(byte[] m) => Ticked?.Invoke(this, m); }
        """;

    [Theory]
    [InlineData("lock (_waiting) { if (_writing) { _waiting.Enqueue(m); return; } _writing = true; } Start(m);", "byte[]? next; lock (_waiting) { if (!_waiting.TryDequeue(out next)) { _writing = false; return; } } Start(next);")]
    [InlineData("if (_writing) _waiting.Enqueue(m); else { _writing = true; Start(m); }", "if (_waiting.TryDequeue(out var next)) Start(next); else _writing = false;")]
    [InlineData("lock (_waiting) { if (_current != null) { _waiting.Enqueue(m); return; } _current = m; } Start(m);", "lock (_waiting) { if (!_waiting.TryDequeue(out _current)) { _current = null; return; } } Start(_current);")]
    [InlineData("var turn = _turn; if (turn != null) { turn.Task.ContinueWith(_ => Start(m)); return; } _turn = new(); Start(m);", "var turn = _turn; _turn = null; turn?.SetResult();")]
    public Task Keep_the_next_one_waiting(string send, string done) => Case.SilentAsync(Writer(send, done));

    /// <summary>A flag that nobody asks before he writes keeps nobody out.</summary>
    [Theory]
    [InlineData("_writing = true; {|LCA2004:_stream.BeginWrite(m, 0, m.Length, OnWritten, null)|};", "_writing = false;")]
    [InlineData("_waiting.Enqueue(m); {|LCA2004:_stream.BeginWrite(m, 0, m.Length, OnWritten, null)|};", "_waiting.TryDequeue(out _current);")]
    public Task That_are_not_asked(string send, string done) => Case.HoldsAsync(Writer(send, done));

    /// <summary>The early way gives the gate back and leaves; the send stands on the other.</summary>
    [Fact]
    public Task A_gate_that_is_given_back_by_who_leaves() => Case.SilentAsync(Reports.Feed(
        "_source.Ticked += async (_, m) => { await _gate.WaitAsync(); if (m.Length == 0) { _gate.Release(); return; } try { await _ws.SendAsync(m, ARGS); } finally { _gate.Release(); } };",
        "public async Task SayAsync(byte[] m) { await _gate.WaitAsync(); try { await _ws.SendAsync(m, ARGS); } finally { _gate.Release(); } }"));

    /// <summary>Whether sends are queued is an option; where they are not, its user has said so.</summary>
    [Fact]
    public Task A_gate_that_is_an_option() => Case.SilentAsync(Reports.Feed(
        "_source.Ticked += async (_, m) => await SayAsync(m);",
        "public Task SayAsync(byte[] m) { Task Core() => _ws.SendAsync(m, ARGS); return _sending ? InTurnAsync(Core) : Core(); } private async Task InTurnAsync(Func<Task> work) { await _gate.WaitAsync(); try { await work(); } finally { _gate.Release(); } }"));
}
