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

    private static Task MemberBecomesAsync(string before, string? after) => BecomesAsync(Sender(before), after is null ? null : Sender(after));

    private static string Sender(string members) => $$"""
        class Sender(Socket socket, Stream stream)
        {
        {{members}}

            public override string ToString() => socket.ToString() + stream;
        }
        """;

    [Fact]
    public Task Where_nothing_may_wait_the_end_of_the_operation_gives_it_back() => MemberBecomesAsync("""
            public void Say()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                // out
                _ = socket.SendAsync(b.AsMemory(), SocketFlags.None); // no wait
                {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
            }
        """, """
            public void Say()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                // out
                _ = socket.SendAsync(b.AsMemory(), SocketFlags.None).AsTask().ContinueWith(_ => ArrayPool<byte>.Shared.Return(b), TaskScheduler.Default); // no wait
            }
        """);

    [Fact]
    public Task A_try_that_only_starts_it_goes() => MemberBecomesAsync("""
            public void Say()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                try
                {
                    // out
                    stream.WriteAsync(b, 0, 9);
                }
                finally
                {
                    {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
                }
            }
        """, """
            public void Say()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                // out
                _ = stream.WriteAsync(b, 0, 9).ContinueWith(_ => ArrayPool<byte>.Shared.Return(b), TaskScheduler.Default);
            }
        """);

    [Fact]
    public Task What_gives_up_waiting_leaves_it_to_the_end_of_the_operation() => MemberBecomesAsync("""
            public int Read()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                var reading = stream.ReadAsync(b, 0, 9);
                if (!reading.Wait(100))
                {
                    {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
                    return 0;
                }

                ArrayPool<byte>.Shared.Return(b);
                return reading.Result;
            }
        """, """
            public int Read()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                var reading = stream.ReadAsync(b, 0, 9);
                if (!reading.Wait(100))
                {
                    _ = reading.ContinueWith(_ => ArrayPool<byte>.Shared.Return(b), TaskScheduler.Default);
                    return 0;
                }

                ArrayPool<byte>.Shared.Return(b);
                return reading.Result;
            }
        """);

    [Fact]
    public Task It_goes_behind_the_await() => MemberBecomesAsync("""
            public async Task SayAsync()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                var sending = stream.WriteAsync(b, 0, 9);
                // Back.
                {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
                await sending.ConfigureAwait(false);
            }
        """, """
            public async Task SayAsync()
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                var sending = stream.WriteAsync(b, 0, 9);
                // Back.
                await sending.ConfigureAwait(false);
                ArrayPool<byte>.Shared.Return(b);
            }
        """);

    [Fact]
    public Task Whoever_gives_up_waiting_drops_it() => MemberBecomesAsync("""
            public async Task<int> ReadAsync(TimeSpan limit)
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                try
                {
                    await stream.ReadAsync(b, 0, 9).WaitAsync(limit);
                    return b.Length + 1;
                }
                finally
                {
                    {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
                }
            }
        """, """
            public async Task<int> ReadAsync(TimeSpan limit)
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                await stream.ReadAsync(b, 0, 9).WaitAsync(limit);
                var answer = b.Length + 1;
                ArrayPool<byte>.Shared.Return(b);
                return answer;
            }
        """);

    [Fact]
    public Task Each_way_out_that_has_seen_the_end_gives_it_back() => MemberBecomesAsync("""
            public async Task<int?> ReadAsync(TimeSpan limit)
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                try
                {
                    var read = stream.ReadAsync(b, 0, 9);
                    if (await Task.WhenAny(read, Task.Delay(limit)) != read) return null;
                    if (await read == 0) return 0;
                    foreach (var one in b)
                    {
                        if (one == 9) break;
                        if (one == 8)
                        {
                            return b[one];
                        }
                    }

                    return b.Length;
                }
                finally
                {
                    {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};
                }
            }
        """, """
            public async Task<int?> ReadAsync(TimeSpan limit)
            {
                var b = ArrayPool<byte>.Shared.Rent(9);
                var read = stream.ReadAsync(b, 0, 9);
                if (await Task.WhenAny(read, Task.Delay(limit)) != read) return null;
                if (await read == 0)
                {
                    ArrayPool<byte>.Shared.Return(b);
                    return 0;
                }
                foreach (var one in b)
                {
                    if (one == 9) break;
                    if (one == 8)
                    {
                        var answer = b[one];
                        ArrayPool<byte>.Shared.Return(b);
                        return answer;
                    }
                }

                var response = b.Length;
                ArrayPool<byte>.Shared.Return(b);
                return response;
            }
        """);

    [Fact]
    public Task What_comes_after_the_task_that_has_ended_has_not_seen_it() => MemberBecomesAsync("""
            public async Task<int> ReadAsync(TimeSpan limit)
            {
                using {|LCA4004:var owner = MemoryPool<byte>.Shared.Rent(9)|};
                var read = stream.ReadAsync(owner.Memory).AsTask();
                if (await Task.WhenAny(read, Task.Delay(limit)) == read)
                {
                    return await read;
                }

                return 0;
            }
        """, """
            public async Task<int> ReadAsync(TimeSpan limit)
            {
                var owner = MemoryPool<byte>.Shared.Rent(9);
                var read = stream.ReadAsync(owner.Memory).AsTask();
                if (await Task.WhenAny(read, Task.Delay(limit)) == read)
                {
                    var answer = await read;
                    owner.Dispose();
                    return answer;
                }

                return 0;
            }
        """);

    [Fact]
    public Task A_method_that_takes_a_span_hands_its_operation_to_a_local_function() => MemberBecomesAsync("""
            public Task SayAsync(ReadOnlySpan<byte> said)
            {
                var b = ArrayPool<byte>.Shared.Rent(said.Length);
                try
                {
                    // first
                    said.CopyTo(b);
                    return stream.WriteAsync(b, 0, said.Length);
                }
                finally
                {
                    // in any case
                    {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; // for the next
                }
            }
        """, """
            public Task SayAsync(ReadOnlySpan<byte> said)
            {
                var b = ArrayPool<byte>.Shared.Rent(said.Length);
                // first
                said.CopyTo(b);
                return FinishAsync(stream.WriteAsync(b, 0, said.Length));

                async Task FinishAsync(Task pending)
                {
                    try
                    {
                        await pending;
                    }
                    finally
                    {
                        // in any case
                        ArrayPool<byte>.Shared.Return(b); // for the next
                    }
                }
            }
        """);

    [Fact]
    public Task So_does_one_with_a_using() => MemberBecomesAsync("""
            public ValueTask<int> SayAsync(ReadOnlySpan<byte> said)
            {
                using {|LCA4004:var owner = MemoryPool<byte>.Shared.Rent(said.Length)|};
                said.CopyTo(owner.Memory.Span);
                return socket.SendAsync(owner.Memory, SocketFlags.None);
            }
        """, """
            public ValueTask<int> SayAsync(ReadOnlySpan<byte> said)
            {
                var owner = MemoryPool<byte>.Shared.Rent(said.Length);
                said.CopyTo(owner.Memory.Span);
                return FinishAsync(socket.SendAsync(owner.Memory, SocketFlags.None));

                async ValueTask<int> FinishAsync(ValueTask<int> pending)
                {
                    try
                    {
                        return await pending;
                    }
                    finally
                    {
                        owner.Dispose();
                    }
                }
            }
        """);

    [Fact]
    public Task A_using_gives_it_back_too_early() => MemberBecomesAsync("""
            public async Task<int> ReadAsync(TimeSpan limit)
            {
                // nine
                using {|LCA4004:var owner = MemoryPool<byte>.Shared.Rent(9)|};
                await socket.ReceiveAsync(owner.Memory, SocketFlags.None).AsTask().WaitAsync(limit);
                return owner.Memory.Span[0];
            }
        """, """
            public async Task<int> ReadAsync(TimeSpan limit)
            {
                // nine
                var owner = MemoryPool<byte>.Shared.Rent(9);
                await socket.ReceiveAsync(owner.Memory, SocketFlags.None).AsTask().WaitAsync(limit);
                var answer = owner.Memory.Span[0];
                owner.Dispose();
                return answer;
            }
        """);

    [Fact]
    public Task The_method_of_a_using_becomes_async() => MemberBecomesAsync("""
            public Task SayAsync()
            {
                using {|LCA4004:var owner = MemoryPool<byte>.Shared.Rent(9)|};
                return stream.WriteAsync(owner.Memory).AsTask();
            }
        """, """
            public async Task SayAsync()
            {
                using var owner = MemoryPool<byte>.Shared.Rent(9);
                await stream.WriteAsync(owner.Memory);
            }
        """);

    [Theory]
    [InlineData("byte[]?", "null")]
    [InlineData("byte[]", "ArrayPool<byte>.Shared.Rent(9)")]
    public Task A_field_lets_go_of_what_it_gave_back(string type, string value) => MemberBecomesAsync($$"""
            private {{type}} _kept = ArrayPool<byte>.Shared.Rent(9);

            public int Fill() => _kept is { } kept ? stream.Read(kept, 0, 9) : 0;

            public void Reset()
            {
                {|LCA4004:ArrayPool<byte>.Shared.Return(_kept!)|};
            }
        """, $$"""
            private {{type}} _kept = ArrayPool<byte>.Shared.Rent(9);

            public int Fill() => _kept is { } kept ? stream.Read(kept, 0, 9) : 0;

            public void Reset()
            {
                ArrayPool<byte>.Shared.Return(_kept!);
                _kept = {{value}};
            }
        """);

    [Theory]
    [InlineData("{|LCA4004:ArrayPool<byte>.Shared.Return(_kept)|};")]
    [InlineData("if (_kept.Length > 9) {|LCA4004:ArrayPool<byte>.Shared.Return(_kept)|};")]
    public Task Also_under_a_condition_or_as_the_whole_method(string released)
    {
        var body = released.StartsWith("if", StringComparison.Ordinal) ? "\n    {\n        " + released + "\n    }" : " => " + released;
        var indent = released.StartsWith("if", StringComparison.Ordinal) ? "        " : "    ";
        var block = $"{indent}{{\n{indent}    ArrayPool<byte>.Shared.Return(_kept);\n{indent}    _kept = ArrayPool<byte>.Shared.Rent(9);\n{indent}}}";
        var after = indent.Length > 4 ? "\n    {\n        if (_kept.Length > 9)\n" + block + "\n    }" : "\n" + block;
        const string members = """
                private byte[] _kept = ArrayPool<byte>.Shared.Rent(9);

                public int Fill() => stream.Read(_kept, 0, 9);

                public void Reset()
            """;
        return MemberBecomesAsync(members + body, members + after);
    }

    [Theory]
    [InlineData("public void Say(AsyncCallback sent) { var b = ArrayPool<byte>.Shared.Rent(9); socket.BeginSend(b, 0, 9, SocketFlags.None, sent, null); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; }")]
    // Another one by the time that the operation ends.
    [InlineData("public void Say() { var b = ArrayPool<byte>.Shared.Rent(9); _ = stream.WriteAsync(b, 0, 9); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|}; b = new byte[1]; Console.WriteLine(b); }")]
    public Task Nothing_is_offered(string member) => MemberBecomesAsync(member, null);

    private static Task BecomesAsync(string before, string? after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\nusing System.Buffers;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4004AwaitBeforeBufferReturnFix>.Test { TestCode = usings + before, FixedCode = usings + (after ?? before) };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
