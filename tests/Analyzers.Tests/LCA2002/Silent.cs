namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>Nothing between, asked again, proven by an operation, or caught. Each has its reported twin in <see cref="Reports"/>.</summary>
public class Silent
{
    [Fact]
    public Task The_failure_goes_to_a_callback_that_is_given() => Case.SilentAsync("""
        class Link(WireClient client, Func<string> frame)
        {
            public void Close()
            {
                if (!client.IsOpen) return;
                var bytes = frame();
                Say(bytes);
            }
            private Task Say(string bytes) => client.SendAsync(bytes, e => client.Dispose());
        }

        static class Sending
        {
            public static Task SendAsync(this WireClient client, string text, Action<Exception> failed) { try { client.Send(text); } catch (Exception e) { failed(e); } return Task.CompletedTask; }
        }
        """);

    /// <summary>Whoever closes waits for the gate that the sender holds.</summary>
    [Fact]
    public Task The_flag_is_set_under_the_gate_alone() => Case.SilentAsync("""
        class Link(WireClient client)
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            private bool _closed;

            public async Task SendAsync(string text, Func<string, Task<string>> encode)
            {
                await _gate.WaitAsync();
                try
                {
                    if (!_closed)
                    {
                        var frame = await encode(text);
                        client.Send(frame);
                    }
                }
                finally { _gate.Release(); }
            }

            public async Task CloseAsync()
            {
                await _gate.WaitAsync();
                try { _closed = true; client.Dispose(); }
                finally { _gate.Release(); }
            }
        }
        """);

    private static string Feed(string body, string members = "") => $$"""
        class Feed(WireClient client)
        {
            private readonly WireClient _client = client;
            private readonly object _sync = new();
            private readonly SemaphoreSlim _gate = new(1, 1);
            private readonly CancellationTokenSource _stop = new();
            private Action<string> _log = _ => { };
            private volatile bool _running;
            private string _last = "";

            public void Configure(Action<string> log) => _log = log;

            public async Task RunAsync(string text, Action before, Func<Task<string>> load) { await Task.CompletedTask; {{body}} }

            public void Stop() => _running = false;

            {{members}}
        }
        """;

    [Theory]
    [InlineData("if (!_client.IsOpen) return; _client.Send(text);")]
    [InlineData("await load(); if (!_client.IsOpen) return; _client.Send(text);")]
    [InlineData("if (!_client.IsOpen) return; await load(); if (!_client.IsOpen) return; _client.Send(text);")]
    [InlineData("await load(); _client.Send(text);")]
    // Asked without waiting.
    [InlineData("using var told = new AutoResetEvent(false); if (!_client.IsOpen) return; if (told.WaitOne(0)) return; _client.Send(text);")]
    // An operation on the connection that completed keeps the check.
    [InlineData("while (_client.State == WireState.Open) { var t = await _client.ReceiveAsync(); await _client.SendAsync(t); }")]
    [InlineData("if (!_client.IsOpen) return; await _client.SendAsync(text); await _client.SendAsync(text); _client.Send(text);")]
    [InlineData("if (!_client.IsOpen) return; var r = _client.ReceiveAsync(); await r; _client.Send(text);")]
    [InlineData("if (!_client.IsOpen) return; await Task.WhenAll(_client.SendAsync(text), _client.ReceiveAsync()); _client.Send(text);")]
    [InlineData("if (!_client.IsOpen) return; await load(); var t = await _client.ReceiveAsync(); _client.Send(t);")]
    // Caught.
    [InlineData("if (!_client.IsOpen) return; await load(); try { _client.Send(text); } catch (Exception) { _last = text; }")]
    [InlineData("if (!_client.IsOpen) return; try { await load(); await _client.SendAsync(text); } catch (InvalidOperationException) { _last = text; }")]
    // Answers instead of throwing.
    [InlineData("if (!_client.IsOpen) return; await load(); _client.TrySend(text);")]
    // The check and the send under one lock.
    [InlineData("lock (_sync) { if (!_client.IsOpen) return; _client.Send(text); }")]
    // A log, a clock does not close the connection.
    [InlineData("if (!_client.IsOpen) return; _log(text); _client.Send(text);")]
    // The caller hears of either.
    [InlineData("ObjectDisposedException.ThrowIf(_disposed, this); await load(); _client.Send(text);", "private bool _disposed; public void Dispose() => _disposed = true;")]
    // A cancellation, or a loop that runs, says when to end, not how the connection is.
    [InlineData("while (!_stop.IsCancellationRequested) { var t = await load(); _client.Send(t); }")]
    [InlineData("while (_running) { var t = await load(); _client.Send(t); }")]
    [InlineData("while (!_closeRequested) { var t = await load(); _client.Send(t); }", "private bool _closeRequested; public void End() => _closeRequested = true;")]
    // Refused or failed, the caller gets an exception of this method's own.
    [InlineData("if (!_client.IsOpen) throw new IOException(text); await load(); try { _client.Send(text); } catch (Exception e) { throw new IOException(text, e); }")]
    public Task In_the_body(string body, string members = "") => Case.SilentAsync(Feed(body, members));

    [Theory]
    [InlineData("if (!await UsableAsync()) return; _client.Send(text);", "async Task<bool> UsableAsync() { await _gate.WaitAsync(); try { return _client.IsOpen; } finally { _gate.Release(); } }")]
    [InlineData("if (!Usable()) return; _client.Send(text);", "bool Usable() { lock (_sync) return _client.IsOpen; }")]
    [InlineData("if (!_client.IsOpen) return; var t = await NextAsync(); _client.Send(t);", "async Task<string> NextAsync() { var t = await _client.ReceiveAsync(); return t.Trim(); }")]
    [InlineData("if (!_client.IsOpen) return; await SayAsync(text); await SayAsync(text);", "async Task SayAsync(string t) => await _client.SendAsync(t);")]
    [InlineData("if (!_client.IsOpen) return; await load(); Say(text);", "void Say(string t) { if (_client.IsOpen) _client.Send(t); }")]
    [InlineData("if (!_client.IsOpen) return; await load(); Say(text);", "void Say(string t) { try { _client.Send(t); } catch (Exception e) { _last = e.Message; } }")]
    [InlineData("if (!_client.IsOpen) return; await load(); Say(text);", "void Say(string t) { if (!_client.IsOpen) throw new IOException(t); _client.Send(t); }")]
    public Task Through_helpers(string body, string members) => Case.SilentAsync(Feed(body, members));

    [Fact]
    public Task A_cached_connection_is_the_reuse_rules_business() => Case.SilentAsync("""
        class Feed
        {
            private readonly ConcurrentDictionary<string, WireClient> _clients = new();
            private WireClient? _one;

            public async Task FromDictionaryAsync(string key, Func<Task> load)
            {
                if (!_clients.TryGetValue(key, out var client) || !client.IsOpen) return;
                await load();
                client.Send(key);
            }

            public async Task LazyAsync(Func<Task> load)
            {
                _one ??= Wire.Connect("a");
                if (!_one.IsOpen) return;
                await load();
                _one.Send("x");
            }
        }
        """);

    [Fact]
    public Task The_code_that_sends_asks_again() => Case.HoldsAsync("""
        class Outlet(WireClient wire)
        {
            private readonly SemaphoreSlim _gate = new(1);
            public async Task GreetAsync(Task ready)
            {
                await WriteAsync("hello");
                await ready;
                await WriteAsync("world");
            }
            private async Task WriteAsync(string text)
            {
                if (!wire.IsOpen) throw new InvalidOperationException("closed");
                await _gate.WaitAsync();
                try { await {|LCA2002:wire.SendAsync(text)|}; } finally { _gate.Release(); }
            }
        }
        """);

    /// <summary>What fails is answered before it is thrown on; and what something is does not say how the connection is.</summary>
    [Theory]
    [InlineData("if (!client.IsOpen) return; await Task.Delay(1); try { client.Send(\"x\"); } catch (Exception e) { Console.WriteLine(e); client.Dispose(); throw; }")]
    [InlineData("if (_last != OpCode.Close) { await Task.Delay(1); client.Send(\"x\"); }")]
    public Task Answered_or_no_state(string body) => Case.SilentAsync(Link(body));

    [Theory]
    [InlineData("if (!client.IsOpen) return; await Task.Delay(1); try { {|LCA2002:client.Send(\"x\")|}; } catch (Exception) { throw; }")]
    [InlineData("if (_stage != Stage.Closed) { await Task.Delay(1); {|LCA2002:client.Send(\"x\")|}; }")]
    public Task Only_thrown_on_or_a_state(string body) => Case.HoldsAsync(Link(body));

    private static string Link(string body) => $$"""
        enum OpCode { Continue, Text, Close }
        enum Stage { Open, Closed }
        class Link(WireClient client)
        {
            private OpCode _last;
            private Stage _stage;
            public async Task SayAsync() { {{body}} }
            public void Close() { _last = OpCode.Close; _stage = Stage.Closed; client.Dispose(); }
        }
        """;

    /// <summary>The sending method puts the same question, and throws the same: the early refusal promised nothing more.</summary>
    [Theory]
    [InlineData("if (_session.IsClosed) throw new ObjectDisposedException(nameof(DeskSession)); await load(); _session.Send(\"x\");")]
    [InlineData("if (_session.IsClosed) return; await load(); {|LCA2002:_session.Send(\"x\")|};")]
    public Task Refused_here_as_there(string body) => Case.HoldsAsync($$"""
        class DeskSession : IDisposable
        {
            private readonly Queue<string> _out = new();
            public bool IsClosed { get; private set; }
            public void Send(string text)
            {
                if (IsClosed) throw new ObjectDisposedException(nameof(DeskSession));
                _out.Enqueue(text);
            }
            public void Dispose() => IsClosed = true;
        }

        class Desk(DeskSession session)
        {
            private readonly DeskSession _session = session;
            public async Task AskAsync(Func<Task> load) { {{body}} }
        }
        """);

    /// <summary>What the other side may do does not say whether it is there.</summary>
    [Theory]
    [InlineData("if (!_session.CanAcceptCalls) return; await load(); _session.Send(\"x\");")]
    [InlineData("if (!_session.CanSend) return; await load(); {|LCA2002:_session.Send(\"x\")|};")]
    public Task Leave_is_no_state(string body) => Case.HoldsAsync($$"""
        abstract class DeskSession : IDisposable
        {
            public abstract bool IsOpen { get; }
            public abstract bool CanSend { get; }
            public abstract bool CanAcceptCalls { get; }
            public abstract void Send(string text);
            public abstract void Dispose();
        }

        class Desk(DeskSession session)
        {
            private readonly DeskSession _session = session;
            public async Task AnswerAsync(Func<Task> load) { {{body}} }
        }
        """);

    /// <summary>A factory and a naming rule are called for their answers; whoever is told of something may do anything.</summary>
    [Theory]
    [InlineData("var frame = make(); _client.Send(frame.ToString()!);", false)]
    [InlineData("_client.Send(name(\"a\"));", false)]
    [InlineData("if (handled(\"a\")) return; {|LCA2002:_client.Send(\"x\")|};", true)]
    [InlineData("answer(_client); {|LCA2002:_client.Send(\"x\")|};", true)]
    public Task Called_for_its_answer(string body, bool reported)
    {
        Assert.Equal(reported, body.Contains("LCA2002"));
        return Case.HoldsAsync($$"""
            class Feed(WireClient client, Func<MemoryStream> make, Func<string, string> name, Func<string, bool> handled, Func<WireClient, string> answer)
            {
                private readonly WireClient _client = client;
                public void Say() { if (!_client.IsOpen) return; {{body}} }
            }
            """);
    }

    /// <summary>A write that worked, in a helper that was given the plain stream, proves what was asked of its socket.</summary>
    [Theory]
    [InlineData("await Frames.WriteAsync(stream, data); stream.Flush();")]
    [InlineData("await Task.Delay(1); {|LCA2002:stream.Flush()|};")]
    public Task Written_by_a_helper(string body) => Case.HoldsAsync($$"""
        class Line(Socket socket)
        {
            private readonly Socket _socket = socket;
            private readonly NetworkStream _stream = new(socket);
            public async Task SayAsync(byte[] data)
            {
                if (!_socket.Connected) return;
                Stream stream = _stream;
                {{body}}
            }
        }

        static class Frames
        {
            public static async Task WriteAsync(Stream stream, byte[] data)
            {
                await Task.Yield();
                await stream.WriteAsync(data);
            }
        }
        """);

    /// <summary>A lane that an open line has made: nobody has asked the lane.</summary>
    [Theory]
    [InlineData("if (!_line.IsOpen) return; using var lane = _line.MakeLane(); await load(); lane.Send(\"x\");")]
    [InlineData("if (!_line.IsOpen) return; using var lane = _line.MakeLane(); if (!lane.IsOpen) return; await load(); {|LCA2002:lane.Send(\"x\")|};")]
    [InlineData("if (!_line.IsOpen) return; using var lane = _line.MakeLane(); await load(); {|LCA2002:_line.Send(\"x\")|};")]
    public Task Asked_of_what_has_made_it(string body) => Case.HoldsAsync($$"""
        abstract class LineConnection : IDisposable
        {
            public abstract bool IsOpen { get; }
            public abstract LaneSession MakeLane();
            public abstract void Send(string text);
            public abstract void Dispose();
        }

        abstract class LaneSession : IDisposable
        {
            public abstract bool IsOpen { get; }
            public abstract void Send(string text);
            public abstract void Dispose();
        }

        class Courier(LineConnection line)
        {
            private readonly LineConnection _line = line;
            public async Task RunAsync(Func<Task> load) { {{body}} }
        }
        """);
}
