using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>What the fix writes, and where it writes nothing.</summary>
public class Fixes
{
    [Fact]
    public Task The_dropped_operation_is_awaited() => BecomesAsync("""
        class Sender
        {
            private readonly NetworkStream _stream;

            public Sender(NetworkStream stream) => _stream = stream;

            public async Task SayAsync()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                // out
                _ = _stream.WriteAsync(b, 0, 9);
                await Task.Yield();
                {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
            }
        }
        """, """
        class Sender
        {
            private readonly NetworkStream _stream;

            public Sender(NetworkStream stream) => _stream = stream;

            public async Task SayAsync()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                // out
                await _stream.WriteAsync(b, 0, 9);
                await Task.Yield();
                ArrayPool<byte>.Shared.Return(b);
            }
        }
        """);

    [Fact]
    public Task The_returned_operation_is_awaited() => BecomesAsync("""
        class Sender
        {
            public Task SayAsync(NetworkStream stream)
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                try
                {
                    return stream.WriteAsync(b, 0, 9);
                }
                finally
                {
                    {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
                }
            }
        }
        """, """
        class Sender
        {
            public async Task SayAsync(NetworkStream stream)
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                try
                {
                    await stream.WriteAsync(b, 0, 9);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(b);
                }
            }
        }
        """);

    [Fact]
    public Task Nothing_is_offered_where_nothing_may_wait() => BecomesAsync("""
        class Sender
        {
            private readonly NetworkStream _stream;

            public Sender(NetworkStream stream) => _stream = stream;

            public void Say()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                _ = _stream.WriteAsync(b, 0, 9);
                {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
            }
        }
        """, null);

    private static Task BecomesAsync(string before, string? after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\nusing System.Buffers;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4004AwaitBeforeBufferReturnFix>.Test { TestCode = usings + before, FixedCode = usings + (after ?? before) };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
