using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3001ValidateCachedSessionFix>;

namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>The question is written where the session is filled, whoever's member that is.</summary>
public class FixesAcrossMembers
{
    private static string Holder(string getter, string use) => $$"""
        using System.Threading;
        using System.Threading.Tasks;
        using Wires;

        abstract class Holder
        {
            private WireClient? _one;

            protected static WireClient Dial() { var c = new WireClient(); c.Open(); return c; }

            {{getter}}
        }

        class Desk : Holder
        {
            public void Use() => {{use}};
        }
        """;

    /// <summary>A base class keeps it.</summary>
    [Theory]
    [InlineData("protected WireClient One => _one ??= Dial();", "protected WireClient One => _one is { IsOpen: true } ? _one : _one = Dial();")]
    [InlineData("protected WireClient One => _one ?? (_one = Dial());", "protected WireClient One => _one is { IsOpen: true } ? _one : _one = Dial();")]
    [InlineData("protected WireClient One { get { if (_one is { } there) return there; return _one = Dial(); } }", "protected WireClient One { get { if (_one is { IsOpen: true } there) return there; return _one = Dial(); } }")]
    public Task A_base_classs_getter_asks(string getter, string becomes) => Fix.BecomesAsync(Holder(getter, "{|LCA3001:One.Send(\"\")|}"), Holder(becomes, "One.Send(\"\")"));

    /// <summary>Another type's getter, in another file.</summary>
    [Fact]
    public Task Another_files_getter_asks()
    {
        var test = Fix.Of("class Desk { public void Use() => {|LCA3001:Backbone.Line.Send(\"\")|}; }", "class Desk { public void Use() => Backbone.Line.Send(\"\"); }");
        test.TestState.Sources.Add(Other("s_line ??= Wires.Wire.Connect(\"\")"));
        test.FixedState.Sources.Add(Other("s_line is { IsOpen: true } ? s_line : s_line = Wires.Wire.Connect(\"\")"));
        return test.RunAsync(TestContext.Current.CancellationToken);

        static string Other(string getter) => $"static class Backbone {{ private static Wires.WireClient? s_line; public static Wires.WireClient Line => {getter}; }}";
    }

    private static string Ensured(string ensure, string use = "{|LCA3001:_one!.SendAsync(\"\")|}") => $$"""
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Wires;

        class Desk
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            private WireClient? _one;

            private static WireClient Dial() { var c = new WireClient(); c.Open(); return c; }

            public void Begin() => _one ??= Dial();

            {{ensure}}
                await {{use}};
            }
        }
        """;

    /// <summary>One method makes sure that it is there, the other uses it.</summary>
    [Theory]
    [InlineData(
        "private async Task EnsureAsync() { if (_one != null) return; await Task.Yield(); _one = Dial(); }\n    public async Task UseAsync()\n    {\n        await EnsureAsync();",
        "private async Task EnsureAsync() { if (_one is { IsOpen: true }) return; await Task.Yield(); _one = Dial(); }\n    public async Task UseAsync()\n    {\n        await EnsureAsync();")]
    [InlineData(
        "private async Task ConnectAsync() { await Task.Yield(); if (_one != null) return; _one = Dial(); }\n    public async Task UseAsync()\n    {\n        if (_one == null) await ConnectAsync();",
        "private async Task ConnectAsync() { await Task.Yield(); if (_one is { IsOpen: true }) return; _one = Dial(); }\n    public async Task UseAsync()\n    {\n        if (_one is null || !_one.IsOpen) await ConnectAsync();")]
    [InlineData(
        "public async Task UseAsync()\n    {\n        if (_one is null || DateTime.Now.Hour == 3) _one = Dial();",
        "public async Task UseAsync()\n    {\n        if (_one is null || !_one.IsOpen || DateTime.Now.Hour == 3) _one = Dial();")]
    public Task What_makes_sure_asks(string ensure, string becomes) => Fix.BecomesAsync(Ensured(ensure), Ensured(becomes, "_one!.SendAsync(\"\")"));

    /// <summary>Asked, and then waited: what makes sure moves to the use, what leaves asks once more.</summary>
    [Theory]
    [InlineData(
        "public async Task UseAsync()\n    {\n        // A living one\n        if (_one is not { IsOpen: true }) _one = Dial();\n\n        await Task.Delay(9);",
        "public async Task UseAsync()\n    {\n        await Task.Delay(9);\n        // A living one\n        if (_one is not { IsOpen: true }) _one = Dial();")]
    [InlineData(
        "public async Task UseAsync()\n    {\n        if (_one is null || !_one.IsOpen) return;\n        await Task.Delay(9);",
        "public async Task UseAsync()\n    {\n        if (_one is null || !_one.IsOpen) return;\n        await Task.Delay(9);\n        if (!_one.IsOpen) return;")]
    public Task The_question_is_asked_where_it_counts(string before, string becomes) => Fix.BecomesAsync(Ensured(before), Ensured(becomes, "_one!.SendAsync(\"\")"));

    /// <summary>What makes sure waits for the gate itself: inside the gate it would wait for ever. What flushes makes sure of nothing.</summary>
    [Theory]
    [InlineData("private async Task<WireClient> DialAsync() { await _gate.WaitAsync(); try { return Dial(); } finally { _gate.Release(); } }\n    public async Task UseAsync()\n    {\n        if (_one is not { IsOpen: true }) _one = await DialAsync();\n        await _gate.WaitAsync();")]
    [InlineData("public async Task UseAsync()\n    {\n        if (DateTime.Now.Hour == 3) return;\n        await Task.Delay(9);")]
    public Task Nothing_moves(string before) => Fix.StaysAsync(Ensured(before));
}
