using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3004CheckPooledConnectionFix>;

namespace LifecycleAnalyzers.Tests.LCA3004;

/// <summary>Pools of records, lists as pools, slots, and what takes out or makes in one expression.</summary>
public class FixesOfShapes
{
    private static string Holder(string member) => $$"""
        using System.Collections.Generic;
        using System.Threading;
        using Microsoft.Extensions.ObjectPool;
        using Wires;

        class Holder(ObjectPool<WireClient> pool)
        {
            private readonly record struct Idle(WireClient Client, long Since);

            private readonly ConcurrentBag<WireClient> _bag = [];
            private readonly ConcurrentStack<Idle> _aged = new();
            private readonly Queue<(WireClient Client, long Since)> _queue = new();
            private readonly Stack<WireClient> _stack = new();
            private readonly List<WireClient> _list = [];
            private WireClient? _slot;

            public void Return(WireClient c) { _bag.Add(c); _aged.Push(new(c, 0)); _queue.Enqueue((c, 0)); _stack.Push(c); _list.Add(c); }
            public void Return(WireClient c, bool slot) { if (Interlocked.CompareExchange(ref _slot, c, null) is not null) c.Dispose(); }
            private static WireClient Connect() { var c = new WireClient(); c.Open(); return c; }

            {{member}}
        }
        """;

    [Theory]
    // Taken or made
    [InlineData("private WireClient Rent() => {|LCA3004:_bag.TryTake(out var c)|} ? c : Connect();\n\n    public void Use() => Rent().Send(\"\");", "private WireClient Rent()\n    {\n        while (_bag.TryTake(out var c))\n        {\n            if (c.IsOpen) return c;\n            c.Dispose();\n        }\n\n        return Connect();\n    }\n\n    public void Use() => Rent().Send(\"\");")]
    [InlineData("public WireClient Rent()\n    {\n        // idle ones first\n        return {|LCA3004:_bag.TryTake(out var c)|} ? c : Connect(); // or new\n    }", "public WireClient Rent()\n    {\n        // idle ones first\n        while (_bag.TryTake(out var c))\n        {\n            if (c.IsOpen) return c;\n            c.Dispose();\n        }\n\n        return Connect(); // or new\n    }")]
    [InlineData("public void Use()\n    {\n        var c = {|LCA3004:Interlocked.Exchange(ref _slot, null)|} ?? Connect();\n        c.Send(\"\");\n        Return(c, true);\n    }", "public void Use()\n    {\n        var c = Interlocked.Exchange(ref _slot, null);\n        if (c is not { IsOpen: true })\n        {\n            c?.Dispose();\n            c = Connect();\n        }\n\n        c.Send(\"\");\n        Return(c, true);\n    }")]
    // Its age alone was asked
    [InlineData("public WireClient Rent()\n    {\n        while ({|LCA3004:_aged.TryPop(out var idle)|})\n        {\n            if (idle.Since > 9) return idle.Client;\n            idle.Client.Dispose();\n        }\n\n        return Connect();\n    }", "public WireClient Rent()\n    {\n        while (_aged.TryPop(out var idle))\n        {\n            if (!idle.Client.IsOpen)\n            {\n                idle.Client.Dispose();\n                continue;\n            }\n\n            if (idle.Since > 9) return idle.Client;\n            idle.Client.Dispose();\n        }\n\n        return Connect();\n    }")]
    [InlineData("public WireClient Rent()\n    {\n        while (_queue.Count > 0)\n        {\n            var idle = {|LCA3004:_queue.Dequeue()|};\n            if (idle.Since > 9) return idle.Client;\n            idle.Client.Dispose();\n        }\n\n        return Connect();\n    }", "public WireClient Rent()\n    {\n        while (_queue.Count > 0)\n        {\n            var idle = _queue.Dequeue();\n            if (!idle.Client.IsOpen)\n            {\n                idle.Client.Dispose();\n                continue;\n            }\n\n            if (idle.Since > 9) return idle.Client;\n            idle.Client.Dispose();\n        }\n\n        return Connect();\n    }")]
    // Counted
    [InlineData("public void Use()\n    {\n        WireClient? c = null;\n        if (_stack.Count > 0) c = {|LCA3004:_stack.Pop()|};\n        c ??= Connect();\n        c.Send(\"\");\n        _stack.Push(c);\n    }", "public void Use()\n    {\n        WireClient? c = null;\n        while (c is null && _stack.Count > 0)\n        {\n            c = _stack.Pop();\n            if (c.IsOpen) break;\n            c.Dispose();\n            c = null;\n        }\n        c ??= Connect();\n        c.Send(\"\");\n        _stack.Push(c);\n    }")]
    [InlineData("public WireClient Rent()\n    {\n        if (_list.Count > 0)\n        {\n            var last = {|LCA3004:_list[^1]|};\n            _list.RemoveAt(_list.Count - 1);\n            return last;\n        }\n\n        return Connect();\n    }", "public WireClient Rent()\n    {\n        while (_list.Count > 0)\n        {\n            var last = _list[^1];\n            _list.RemoveAt(_list.Count - 1);\n            if (!last.IsOpen)\n            {\n                last.Dispose();\n                continue;\n            }\n\n            return last;\n        }\n\n        return Connect();\n    }")]
    public Task Dead_ones_are_discarded(string member, string becomes) => Fix.BecomesAsync(Holder(member), Holder(becomes));

    /// <summary>An object pool may make what is not open yet; what the variable has already would keep a loop from taking any.</summary>
    [Theory]
    [InlineData("public void Use()\n    {\n        var c = {|LCA3004:pool.Get()|};\n        c.Send(\"\");\n        pool.Return(c);\n    }")]
    [InlineData("public void Use(WireClient? spare)\n    {\n        var c = spare;\n        if (_stack.Count > 0) c = {|LCA3004:_stack.Pop()|};\n        c ??= Connect();\n        c.Send(\"\");\n        _stack.Push(c);\n    }")]
    [InlineData("public void Use(WireClient? spare)\n    {\n        WireClient? c = null;\n        c = spare;\n        if (_stack.Count > 0) c = {|LCA3004:_stack.Pop()|};\n        c ??= Connect();\n        c.Send(\"\");\n        _stack.Push(c);\n    }")]
    public Task Nothing_is_offered(string member) => Fix.StaysAsync(Holder(member));
}
