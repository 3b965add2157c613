using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4006;

/// <summary>What the fix writes, and where it writes nothing.</summary>
public class Fixes
{
    private const string Pair = """
        class Meter
        {
            private readonly NetworkStream _stream;

            public Meter(NetworkStream stream) => _stream = stream;

            public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
            {
                var answer = new byte[8];

                // the question
                await {|LCA4006:_stream.WriteAsync(request, ct)|};
                await _stream.ReadExactlyAsync(answer, ct);
                return answer;
            }
        }
        """;

    [Fact]
    public Task One_exchange_of_a_gate() => BecomesAsync(Pair, """
        class Meter
        {
            private readonly NetworkStream _stream;
            private readonly SendGate _gate = new();

            public Meter(NetworkStream stream) => _stream = stream;

            public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
            {
                var answer = new byte[8];

                await _gate.ExchangeAsync(async token =>
                {
                    // the question
                    await _stream.WriteAsync(request, token);
                    await _stream.ReadExactlyAsync(answer, token);
                    return true;
                }, ct);
                return answer;
            }
        }
        """, Gate, usings: "using LifecycleAnalyzers.Runtime;\n");

    [Fact]
    public Task A_semaphore_where_the_package_is_not_there() => BecomesAsync(Pair, """
        class Meter
        {
            private readonly NetworkStream _stream;
            private readonly SemaphoreSlim _gate = new(1, 1);

            public Meter(NetworkStream stream) => _stream = stream;

            public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
            {
                var answer = new byte[8];

                await _gate.WaitAsync(ct);
                try
                {
                    // the question
                    await _stream.WriteAsync(request, ct);
                    await _stream.ReadExactlyAsync(answer, ct);
                }
                catch
                {
                    _stream.Dispose();
                    throw;
                }
                finally
                {
                    _gate.Release();
                }
                return answer;
            }
        }
        """, null);

    /// <summary>The answer that is named behind comes out of the exchange.</summary>
    [Theory]
    [InlineData("await {|LCA4006:_wire.SendAsync(q)|};\n        var a = await _wire.ReceiveAsync();\n        return a.Trim();", "var a = await _gate.ExchangeAsync(async _ =>\n        {\n            await _wire.SendAsync(q);\n            return await _wire.ReceiveAsync();\n        });\n        return a.Trim();")]
    [InlineData("await {|LCA4006:_wire.SendAsync(q)|}.ConfigureAwait(false);\n        return await _wire.ReceiveAsync();", "return await _gate.ExchangeAsync(async _ =>\n        {\n            await _wire.SendAsync(q).ConfigureAwait(false);\n            return await _wire.ReceiveAsync();\n        }).ConfigureAwait(false);")]
    [InlineData("for (var i = 0; i < 3; i++)\n        {\n            await {|LCA4006:_wire.SendAsync(q)|};\n            if (await _wire.ReceiveAsync() is { Length: > 0 } a) return a;\n        }\n        return \"\";", "return await _gate.ExchangeAsync(async _ =>\n        {\n            for (var i = 0; i < 3; i++)\n            {\n                await _wire.SendAsync(q);\n                if (await _wire.ReceiveAsync() is { Length: > 0 } a) return a;\n            }\n            return \"\";\n        });")]
    public Task What_comes_out(string before, string after) => BecomesAsync(
        Asking("", before), Asking("    private readonly SendGate _gate = new();\n", after), Gate, usings: "using LifecycleAnalyzers.Runtime;\n");

    /// <summary>All exchanges of a type share one gate, whichever is mended first.</summary>
    [Fact]
    public Task Two_exchanges_share_it() => BecomesAsync("""
        class Device
        {
            private readonly WireClient _wire = new();

            public async Task<string> AskAsync(string q)
            {
                await {|LCA4006:_wire.SendAsync(q)|};
                return await _wire.ReceiveAsync();
            }

            public async Task<string> PingAsync()
            {
                await {|LCA4006:_wire.SendAsync("ping")|};
                return await _wire.ReceiveAsync();
            }
        }
        """, """
        class Device
        {
            private readonly WireClient _wire = new();
            private readonly SemaphoreSlim _gate = new(1, 1);

            public async Task<string> AskAsync(string q)
            {
                await _gate.WaitAsync();
                try
                {
                    await _wire.SendAsync(q);
                    return await _wire.ReceiveAsync();
                }
                finally
                {
                    _gate.Release();
                }
            }

            public async Task<string> PingAsync()
            {
                await _gate.WaitAsync();
                try
                {
                    await _wire.SendAsync("ping");
                    return await _wire.ReceiveAsync();
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        """, null);

    /// <summary>The gate that the type has is the one that keeps the others out.</summary>
    [Fact]
    public Task The_semaphore_that_is_there() => BecomesAsync(
        Gated("await {|LCA4006:_wire.SendAsync(q)|};\n        return await _wire.ReceiveAsync();"),
        Gated("await _turn.WaitAsync();\n        try\n        {\n            await _wire.SendAsync(q);\n            return await _wire.ReceiveAsync();\n        }\n        finally\n        {\n            _turn.Release();\n        }"), "LCA4006.Semaphore");

    [Fact]
    public Task The_semaphore_that_is_left_too_early() => BecomesAsync(
        Gated("await _turn.WaitAsync();\n        try\n        {\n            await {|LCA4006:_wire.SendAsync(q)|};\n        }\n        finally\n        {\n            _turn.Release();\n        }\n        return await _wire.ReceiveAsync();"),
        Gated("await _turn.WaitAsync();\n        try\n        {\n            await _wire.SendAsync(q);\n            return await _wire.ReceiveAsync();\n        }\n        finally\n        {\n            _turn.Release();\n        }"), "LCA4006.Semaphore");

    /// <summary>Who asks twice by another's exchange would wait for itself: it is left to its author.</summary>
    [Fact]
    public Task Not_around_what_has_the_gate() => BecomesAsync(
        Asking("", "var a = await {|LCA4006:OneAsync(q)|};\n        return a + await OneAsync(q);", "await {|LCA4006:_wire.SendAsync(q)|};\n        return await _wire.ReceiveAsync();"),
        Asking("    private readonly SendGate _gate = new();\n", "var a = await {|LCA4006:OneAsync(q)|};\n        return a + await OneAsync(q);", "return await _gate.ExchangeAsync(async _ =>\n        {\n            await _wire.SendAsync(q);\n            return await _wire.ReceiveAsync();\n        });"), Gate, usings: "using LifecycleAnalyzers.Runtime;\n");

    /// <summary>Another kind of gate: a semaphore would not keep its holders out.</summary>
    [Fact]
    public async Task Nothing_beside_another_gate()
    {
        const string source = """
            class Device
            {
                private readonly WireClient _wire = new();
                private readonly Own _own = new();
                public async Task<string> HeldAsync(string q) { using (await _own.LockAsync()) { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); } }
                public async Task<string> AskAsync(string q) { await {|LCA4006:_wire.SendAsync(q)|}; return await _wire.ReceiveAsync(); }
                private class Own { public async Task<IDisposable> LockAsync() { await Task.Yield(); return new MemoryStream(); } }
            }
            """;
        await BecomesAsync(source, source, null);
    }

    private const string Gate = "LCA4006.SendGate";

    private static string Asking(string field, string code, string? inner = null) =>
        "class Device\n{\n    private readonly WireClient _wire = new();\n" + field + "\n    public async Task<string> AskAsync(string q)\n    {\n        " + code + "\n    }\n"
        + (inner is null ? "" : "\n    private async Task<string> OneAsync(string q)\n    {\n        " + inner + "\n    }\n") + "}";

    private static string Gated(string code) => $$"""
        class Device
        {
            private readonly WireClient _wire = new();
            private readonly SemaphoreSlim _turn = new(1);

            public async Task<string> HeldAsync(string q)
            {
                await _turn.WaitAsync();
                try { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); } finally { _turn.Release(); }
            }

            public async Task<string> AskAsync(string q)
            {
        {{"        " + code}}
            }
        }
        """;

    private static Task BecomesAsync(string before, string after, string? key, string usings = "")
    {
        const string common = "using System.Net.Sockets;\nusing Wires;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4006GateExchangeFix>.Test { TestCode = common + before, FixedCode = after == before ? common + before : "using System.Net.Sockets;\n" + usings + "using Wires;\n" + after, CodeActionEquivalenceKey = key };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        if (key is not null) test.TestState.AdditionalReferences.Add(typeof(LifecycleAnalyzers.Runtime.SendGate).Assembly);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before + "{|LCA4001:"));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
