using LifecycleAnalyzers.CodeFixes.Sending;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Sending.LCA2004OneSendAtATimeFix>;

namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>One gate beside the connection, and every send that can overlap another one through it.</summary>
public class Fixes
{
    private static string Feed(string members, string gate = "", string usings = "") => (usings + $$"""

        class Source { public event EventHandler<byte[]>? Ticked { add { } remove { } } public event EventHandler<byte[]>? Other { add { } remove { } } }

        class Feed
        {
            private readonly WebSocket _ws; // to the peer
        GATE    private readonly NetworkStream _stream;
            private readonly Source _source = new();

            public Feed(WebSocket ws, NetworkStream stream)
            {
                (_ws, _stream) = (ws, stream);
                _source.Ticked += OnTicked;
            }

            {{members}}
        }
        """).Replace("ARGS", Reports.Arguments).Replace("GATE", gate.Length == 0 ? "" : "    " + gate + "\n");

    private const string Runtime = "using LifecycleAnalyzers.Runtime;\n";
    private const string Gate = "private readonly SendGate _wsGate = new();";
    private const string Semaphore = "private readonly SemaphoreSlim _wsGate = new(1, 1);";

    private static Task GateAsync(string members, string becomes) => Fix.BecomesAsync(Feed(members), Feed(becomes, Gate, Runtime));

    private static Task SemaphoreAsync(string members, string becomes) =>
        FixCase<LCA2004OneSendAtATimeFix>.Of(Feed(members), Feed(becomes, Semaphore), runtime: false).RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task A_handler_that_can_run_again() => GateAsync("""
        private async void OnTicked(object? sender, byte[] data)
            {
                // the news
                await {|LCA2004:_ws.SendAsync(data, ARGS)|}.ConfigureAwait(false); // said
            }
        """, """
        private async void OnTicked(object? sender, byte[] data)
            {
                // the news
                using (await _wsGate.EnterAsync().ConfigureAwait(false))
                {
                    await _ws.SendAsync(data, ARGS).ConfigureAwait(false); // said
                }
            }
        """);

    /// <summary>The callback's object holds the sender, and the sender the connection: the gate belongs beside the connection.</summary>
    [Fact]
    public Task A_sender_of_another_type()
    {
        const string Desk = """

            class Desk
            {
                private readonly Line _line;
                private readonly System.Threading.Timer _timer;

                public Desk(Line line)
                {
                    _line = line;
                    _timer = new System.Threading.Timer(OnTick, null, 0, 20);
                }

                private async void OnTick(object? state) => await _line.SayAsync(new byte[9]);
            }
            """;
        return Fix.BecomesAsync("""
            class Line(WebSocket ws)
            {
                private readonly WebSocket _ws = ws;

                public async Task SayAsync(byte[] data)
                {
                    await {|LCA2004:_ws.SendAsync(data, WebSocketMessageType.Binary, true, default)|};
                }
            }
            """ + Desk, """
            using LifecycleAnalyzers.Runtime;
            class Line(WebSocket ws)
            {
                private readonly WebSocket _ws = ws;
                private readonly SendGate _wsGate = new();

                public async Task SayAsync(byte[] data)
                {
                    using (await _wsGate.EnterAsync())
                    {
                        await _ws.SendAsync(data, WebSocketMessageType.Binary, true, default);
                    }
                }
            }
            """ + Desk);
    }

    [Fact]
    public Task All_frames_of_a_message_that_answer_whether_they_were_sent() => Fix.BecomesAsync(Feed("""
        private async void OnTicked(object? sender, byte[] data)
            {
                if (!(await {|LCA2004:_ws.TrySendAsync(data, WebSocketMessageType.Text, false, default)|}).IsSent) return;
                for (var i = 0; i < 3; i++)
                {
                    var last = i == 2;
                    await _ws.TrySendAsync(data, WebSocketMessageType.Text, last, default);
                }

                Console.WriteLine();
            }
        """, usings: Runtime), Feed("""
        private async void OnTicked(object? sender, byte[] data)
            {
                using (await _wsGate.EnterAsync())
                {
                    if (!(await _ws.TrySendAsync(data, WebSocketMessageType.Text, false, default)).IsSent) return;
                    for (var i = 0; i < 3; i++)
                    {
                        var last = i == 2;
                        await _ws.TrySendAsync(data, WebSocketMessageType.Text, last, default);
                    }
                }

                Console.WriteLine();
            }
        """, Gate, Runtime));

    [Fact]
    public Task A_send_under_a_condition() => GateAsync("""
        private async void OnTicked(object? sender, byte[] data)
            {
                if (data.Length > 0) await {|LCA2004:_ws.SendAsync(data, ARGS)|};
            }
        """, """
        private async void OnTicked(object? sender, byte[] data)
            {
                if (data.Length > 0)
                {
                    using (await _wsGate.EnterAsync())
                    {
                        await _ws.SendAsync(data, ARGS);
                    }
                }
            }
        """);

    [Fact]
    public Task With_a_semaphore() => SemaphoreAsync("""
        private async void OnTicked(object? sender, byte[] data)
            {
                await {|LCA2004:_ws.SendAsync(data, ARGS)|};
            }
        """, """
        private async void OnTicked(object? sender, byte[] data)
            {
                await _wsGate.WaitAsync();
                try
                {
                    await _ws.SendAsync(data, ARGS);
                }
                finally
                {
                    _wsGate.Release();
                }
            }
        """);

    [Fact]
    public Task The_question_and_all_parts_of_a_message_under_one_gate() => GateAsync("""
        private async void OnTicked(object? sender, byte[] data)
            {
                if (_ws.State != WebSocketState.Open) return;
                await {|LCA2004:_ws.SendAsync(data, WebSocketMessageType.Text, false, default)|};
                await _ws.SendAsync(data, WebSocketMessageType.Text, true, default);
                Console.WriteLine();
            }
        """, """
        private async void OnTicked(object? sender, byte[] data)
            {
                using (await _wsGate.EnterAsync())
                {
                    if (_ws.State != WebSocketState.Open) return;
                    await _ws.SendAsync(data, WebSocketMessageType.Text, false, default);
                    await _ws.SendAsync(data, WebSocketMessageType.Text, true, default);
                }
                Console.WriteLine();
            }
        """);

    [Fact]
    public Task A_callback_and_another_method() => GateAsync("""
        private async void OnTicked(object? sender, byte[] data)
            {
                if (_ws.State == WebSocketState.Open) await {|LCA2004:_ws.SendAsync(data, ARGS)|};
            }

            public Task SayAsync(byte[] data, CancellationToken stop) => _ws.SendAsync(data, WebSocketMessageType.Text, true, stop);

            public Task TellAsync(byte[] data)
            {
                Console.WriteLine();
                return _ws.SendAsync(data, ARGS);
            }
        """, """
        private async void OnTicked(object? sender, byte[] data)
            {
                using (await _wsGate.EnterAsync())
                {
                    if (_ws.State == WebSocketState.Open) await _ws.SendAsync(data, ARGS);
                }
            }

            public async Task SayAsync(byte[] data, CancellationToken stop)
            {
                using (await _wsGate.EnterAsync(stop))
                {
                    await _ws.SendAsync(data, WebSocketMessageType.Text, true, stop);
                }
            }

            public async Task TellAsync(byte[] data)
            {
                Console.WriteLine();
                using (await _wsGate.EnterAsync())
                {
                    await _ws.SendAsync(data, ARGS);
                }
            }
        """);

    [Fact]
    public Task Sends_that_nobody_awaits() => Fix.BecomesAsync(
        Feed("private void OnTicked(object? sender, byte[] data) => Console.WriteLine();\n\n    public void Start(byte[] data) { _source.Ticked += (_, m) => _stream.Write(m); _source.Other += (_, m) => {|LCA2004:_stream.Write(m)|}; }"),
        Feed("""
            private void OnTicked(object? sender, byte[] data) => Console.WriteLine();

                public void Start(byte[] data) { _source.Ticked += (_, m) =>
                {
                    using (_streamGate.Enter())
                    {
                        _stream.Write(m);
                    }
                }; _source.Other += (_, m) =>
                {
                    using (_streamGate.Enter())
                    {
                        _stream.Write(m);
                    }
                }; }
            """, usings: Runtime).Replace("private readonly NetworkStream _stream;", "private readonly NetworkStream _stream;\n    private readonly SendGate _streamGate = new();"));

    [Fact]
    public Task Tasks_that_are_started_together() => GateAsync("""
        private void OnTicked(object? sender, byte[] data) => Console.WriteLine();

            public Task AllAsync(List<byte[]> many) => Task.WhenAll(many.Select(m => {|LCA2004:_ws.SendAsync(m, ARGS)|}));
        """, """
        private void OnTicked(object? sender, byte[] data) => Console.WriteLine();

            public Task AllAsync(List<byte[]> many) => Task.WhenAll(many.Select(async m =>
            {
                using (await _wsGate.EnterAsync())
                {
                    await _ws.SendAsync(m, ARGS);
                }
            }));
        """);

    [Fact]
    public Task A_task_that_nobody_awaits() => GateAsync("""
        private void OnTicked(object? sender, byte[] data)
            {
                _ = {|LCA2004:_ws.SendAsync(data, ARGS)|};
            }
        """, """
        private void OnTicked(object? sender, byte[] data)
            {
                _ = SendInTurnAsync();

                async Task SendInTurnAsync()
                {
                    using (await _wsGate.EnterAsync())
                    {
                        await _ws.SendAsync(data, ARGS);
                    }
                }
            }
        """);

    [Fact]
    public Task Through_the_gate_that_is_there() => Fix.BecomesAsync(Feed("""
        private readonly SemaphoreSlim _turn = new(1, 1);

            private async void OnTicked(object? sender, byte[] data)
            {
                await _turn.WaitAsync();
                try { await _ws.SendAsync(data, ARGS); } finally { _turn.Release(); }
            }

            public async Task SayAsync(byte[] data)
            {
                await {|LCA2004:_ws.SendAsync(data, ARGS)|};
            }
        """), Feed("""
        private readonly SemaphoreSlim _turn = new(1, 1);

            private async void OnTicked(object? sender, byte[] data)
            {
                await _turn.WaitAsync();
                try { await _ws.SendAsync(data, ARGS); } finally { _turn.Release(); }
            }

            public async Task SayAsync(byte[] data)
            {
                await _turn.WaitAsync();
                try
                {
                    await _ws.SendAsync(data, ARGS);
                }
                finally
                {
                    _turn.Release();
                }
            }
        """));

    [Fact]
    public Task Beside_a_variable() => Fix.BecomesAsync("""

        class Feed
        {
            public static Timer Start(WebSocket ws, byte[] data)
            {
                var timer = new Timer(async _ => await {|LCA2004:ws.SendAsync(data, ARGS)|}, null, 0, 100);
                return timer;
            }
        }
        """.Replace("ARGS", Reports.Arguments), """
        using LifecycleAnalyzers.Runtime;

        class Feed
        {
            public static Timer Start(WebSocket ws, byte[] data)
            {
                var wsGate = new SendGate();
                var timer = new Timer(async _ =>
                {
                    using (await wsGate.EnterAsync())
                    {
                        await ws.SendAsync(data, ARGS);
                    }
                }, null, 0, 100);
                return timer;
            }
        }
        """.Replace("ARGS", Reports.Arguments));

    [Fact]
    public Task Beside_a_parameter_of_the_type() => Fix.BecomesAsync("""

        class Feed(WebSocket ws)
        {
            // now and then
            public Timer Start(byte[] data) => new Timer(async _ => await {|LCA2004:ws.SendAsync(data, ARGS)|}, null, 0, 100);
        }
        """.Replace("ARGS", Reports.Arguments), """
        using LifecycleAnalyzers.Runtime;

        class Feed(WebSocket ws)
        {
            private readonly SendGate _wsGate = new();

            // now and then
            public Timer Start(byte[] data) => new Timer(async _ =>
            {
                using (await _wsGate.EnterAsync())
                {
                    await ws.SendAsync(data, ARGS);
                }
            }, null, 0, 100);
        }
        """.Replace("ARGS", Reports.Arguments));

    [Theory]
    // Whoever holds the gate must not wait for the peer.
    [InlineData("private readonly SemaphoreSlim _turn = new(1, 1); private async void OnTicked(object? sender, byte[] data) { while (true) { var got = await _ws.ReceiveAsync(data, default); await _turn.WaitAsync(); try { await {|LCA2004:_ws.SendAsync(data, WebSocketMessageType.Text, got.EndOfMessage, default)|}; } finally { _turn.Release(); } } }")]
    // What is under the gate would wait for itself.
    [InlineData("private async void OnTicked(object? sender, byte[] data) => await {|LCA2004:_ws.SendAsync(await HelloAsync(), ARGS)|}; private async Task<byte[]> HelloAsync() { await {|LCA2004:_ws.SendAsync(new byte[1], ARGS)|}; return []; }")]
    // The number that the send uses is another one when its turn comes.
    [InlineData("private void OnTicked(object? sender, byte[] data) { for (var i = 0; i < 3; i++) { _ = {|LCA2004:_ws.SendAsync(new byte[i], ARGS)|}; } }")]
    public Task Nothing_is_offered(string members) => Fix.StaysAsync(Feed(members));

    [Theory]
    // The last frame may stand behind the loop.
    [InlineData("""
        for (var i = 0; i < 3; i++)
                {
                    var part = new byte[i];
                    await _turn.WaitAsync();
                    try
                    {
                        if (_ws.State != WebSocketState.Open) return;
                        await {|LCA2004:_ws.SendAsync(part, WebSocketMessageType.Text, false, default)|}; // one
                    }
                    finally
                    {
                        _turn.Release();
                    }
                }

                await _ws.SendAsync(data, ARGS);
                Console.WriteLine();
        """, """
        await _turn.WaitAsync();
                try
                {
                    for (var i = 0; i < 3; i++)
                    {
                        var part = new byte[i];
                        if (_ws.State != WebSocketState.Open) return;
                        await _ws.SendAsync(part, WebSocketMessageType.Text, false, default); // one
                    }

                    await _ws.SendAsync(data, ARGS);
                }
                finally
                {
                    _turn.Release();
                }
                Console.WriteLine();
        """)]
    public Task One_gate_for_the_whole_message(string body, string becomes)
    {
        static string Handler(string body) => Feed($$"""
            private readonly SemaphoreSlim _turn = new(1, 1);

                private async void OnTicked(object? sender, byte[] data)
                {
                    {{body}}
                }
            """);
        return Fix.BecomesAsync(Handler(body), Handler(becomes));
    }

    private static string Pair(string members) => $$"""

        static class Pair
        {
            {{members}}
        }
        """.Replace("ARGS", Reports.Arguments);

    /// <summary>Nobody else sends on what only this call knows.</summary>
    [Theory]
    [InlineData("public static async Task BothAsync(WebSocket ws, byte[] a, byte[] b)\n    {\n        // both\n        var first = ws.SendAsync(a, ARGS);\n        var second = {|LCA2004:ws.SendAsync(b, ARGS)|};\n        await Task.WhenAll(first, second); // done\n    }",
        "public static async Task BothAsync(WebSocket ws, byte[] a, byte[] b)\n    {\n        // both\n        await ws.SendAsync(a, ARGS);\n        await ws.SendAsync(b, ARGS); // done\n    }")]
    [InlineData("public static Task BothAsync(WebSocket ws, byte[] a, byte[] b) => Task.WhenAll(ws.SendAsync(a, ARGS), {|LCA2004:ws.SendAsync(b, ARGS)|});",
        "public static async Task BothAsync(WebSocket ws, byte[] a, byte[] b)\n    {\n        await ws.SendAsync(a, ARGS);\n        await ws.SendAsync(b, ARGS);\n    }")]
    [InlineData("public static async Task AllAsync(WebSocket ws, List<byte[]> many)\n    {\n        await Task.WhenAll(many.Select(m => {|LCA2004:ws.SendAsync(m, ARGS)|})).ConfigureAwait(false);\n    }",
        "public static async Task AllAsync(WebSocket ws, List<byte[]> many)\n    {\n        foreach (var m in many)\n        {\n            await ws.SendAsync(m, ARGS).ConfigureAwait(false);\n        }\n    }")]
    [InlineData("public static Task AllAsync(WebSocket ws, List<byte[]> many) => Task.WhenAll(many.Select(m => {|LCA2004:ws.SendAsync(m, ARGS)|}));",
        "public static async Task AllAsync(WebSocket ws, List<byte[]> many)\n    {\n        foreach (var m in many)\n        {\n            await ws.SendAsync(m, ARGS);\n        }\n    }")]
    [InlineData("public static async Task BothAsync(System.Net.Security.SslStream tls, byte[] a, byte[] b)\n    {\n        var first = tls.WriteAsync(a).AsTask();\n        var second = {|LCA2004:tls.WriteAsync(b)|}.AsTask(); // then\n        await Task.WhenAll(first, second);\n    }",
        "public static async Task BothAsync(System.Net.Security.SslStream tls, byte[] a, byte[] b)\n    {\n        await tls.WriteAsync(a);\n        await tls.WriteAsync(b); // then\n    }")]
    public Task One_after_the_other(string members, string becomes) => Fix.BecomesAsync(Pair(members), Pair(becomes));

    /// <summary>A loop that alone takes from a queue is a gate without a name: both loops get one.</summary>
    [Fact]
    public Task Two_loops_of_which_one_takes_from_a_queue() => SemaphoreAsync("""
        public Task RunAsync(System.Threading.Channels.ChannelReader<byte[]> news) => Task.WhenAll(NewsAsync(news), BeatsAsync());

            private async Task NewsAsync(System.Threading.Channels.ChannelReader<byte[]> news)
            {
                await foreach (var text in news.ReadAllAsync())
                {
                    await _ws.SendAsync(text, ARGS);
                }
            }

            private async Task BeatsAsync()
            {
                while (true)
                {
                    await Task.Delay(9);
                    await {|LCA2004:_ws.SendAsync(new byte[1], ARGS)|};
                }
            }

            private void OnTicked(object? sender, byte[] data) { }
        """, """
        public Task RunAsync(System.Threading.Channels.ChannelReader<byte[]> news) => Task.WhenAll(NewsAsync(news), BeatsAsync());

            private async Task NewsAsync(System.Threading.Channels.ChannelReader<byte[]> news)
            {
                await foreach (var text in news.ReadAllAsync())
                {
                    await _wsGate.WaitAsync();
                    try
                    {
                        await _ws.SendAsync(text, ARGS);
                    }
                    finally
                    {
                        _wsGate.Release();
                    }
                }
            }

            private async Task BeatsAsync()
            {
                while (true)
                {
                    await Task.Delay(9);
                    await _wsGate.WaitAsync();
                    try
                    {
                        await _ws.SendAsync(new byte[1], ARGS);
                    }
                    finally
                    {
                        _wsGate.Release();
                    }
                }
            }

            private void OnTicked(object? sender, byte[] data) { }
        """);
}
