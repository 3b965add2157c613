using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4005;

/// <summary>What the fix writes, and where it writes nothing.</summary>
public class Fixes
{
    [Fact]
    public Task What_the_handler_gives_back_is_left_to_it() => BecomesAsync("""
        var e = Take();
        // out
        if (!_socket.SendAsync(e)) OnSent(_socket, e);
        {|LCA4005:_pool.Push(e)|};
        """, """
        var e = Take();
        // out
        if (!_socket.SendAsync(e)) OnSent(_socket, e);
        """, Handler + "_pool.Push(e); }");

    [Fact]
    public Task It_moves_to_the_handler() => BecomesAsync(
        "var e = Take();\nif (!_socket.SendAsync(e)) OnSent(_socket, e);\n{|LCA4005:_pool.Push(e)|};",
        "var e = Take();\nif (!_socket.SendAsync(e)) OnSent(_socket, e);",
        "    private void OnSent(object? sender, SocketAsyncEventArgs e)\n    {\n        Console.WriteLine(e.SocketError);\n    }",
        "    private void OnSent(object? sender, SocketAsyncEventArgs e)\n    {\n        Console.WriteLine(e.SocketError);\n        _pool.Push(e);\n    }");

    /// <summary>A handler with several ways out, or one that others call, too.</summary>
    [Theory]
    [InlineData(Handler + "if (e.BytesTransferred > 0) return; Console.WriteLine(); }")]
    [InlineData(Handler + "} public void Other() { var e = Take(); if (!_socket.SendAsync(e)) OnSent(_socket, e); }")]
    public Task It_stays_with_the_answer_of_the_start(string handler) => BecomesAsync(
        "var e = Take();\nif (!_socket.SendAsync(e)) OnSent(_socket, e);\n{|LCA4005:_pool.Push(e)|};",
        "var e = Take();\nif (!_socket.SendAsync(e))\n{\n    OnSent(_socket, e);\n    _pool.Push(e);\n}", handler);

    [Theory]
    [InlineData("var e = Take();\nif (!_socket.SendAsync(e)) Console.WriteLine();\n{|LCA4005:_pool.Push(e)|}; // back", "var e = Take();\nif (!_socket.SendAsync(e))\n{\n    Console.WriteLine();\n    _pool.Push(e); // back\n}")]
    [InlineData("var e = Take();\nif (_socket.SendAsync(e)) {|LCA4005:_pool.Push(e)|}; // back", "var e = Take();\nif (!_socket.SendAsync(e)) _pool.Push(e); // back")]
    [InlineData("var e = Take();\nif (_socket.SendAsync(e))\n{\n    {|LCA4005:_pool.Push(e)|};\n}", "var e = Take();\nif (!_socket.SendAsync(e))\n{\n    _pool.Push(e);\n}")]
    [InlineData("var e = Take();\nvar pending = _socket.SendAsync(e);\nif (!pending) Console.WriteLine();\n{|LCA4005:_pool.Push(e)|};", "var e = Take();\nvar pending = _socket.SendAsync(e);\nif (!pending) Console.WriteLine();\nif (!pending) _pool.Push(e);")]
    [InlineData("var e = Take();\n_socket.SendAsync(e);\n{|LCA4005:_pool.Push(e)|};", "var e = Take();\nif (!_socket.SendAsync(e))\n{\n    _pool.Push(e);\n}")]
    [InlineData("var e = Take();\ntry\n{\n    if (!_socket.SendAsync(e)) Console.WriteLine();\n}\nfinally\n{\n    {|LCA4005:_pool.Push(e)|};\n}", "var e = Take();\nvar pending = false;\ntry\n{\n    if (!(pending = _socket.SendAsync(e))) Console.WriteLine();\n}\nfinally\n{\n    if (!pending) _pool.Push(e);\n}")]
    [InlineData("var e = new SocketAsyncEventArgs();\nif (!_socket.SendAsync(e)) Console.WriteLine();\n{|LCA4005:e.Dispose()|};", "var e = new SocketAsyncEventArgs();\ne.Completed += static (_, done) => done.Dispose();\nif (!_socket.SendAsync(e))\n{\n    Console.WriteLine();\n    e.Dispose();\n}")]
    [InlineData("using {|LCA4005:var args = new SocketAsyncEventArgs()|};\n_socket.ConnectAsync(args);", "var args = new SocketAsyncEventArgs();\nargs.Completed += static (_, e) => e.Dispose();\nif (!_socket.ConnectAsync(args))\n{\n    args.Dispose();\n}")]
    public Task Only_when_the_operation_is_over(string before, string after) => BecomesAsync(before, after, Handler + "}");

    [Theory]
    [InlineData("var e = Take();\nif (!_socket.SendAsync(e)) Console.WriteLine();\n{|LCA4005:e.UserToken = this|};", "var e = Take();\ne.UserToken = this;\nif (!_socket.SendAsync(e)) Console.WriteLine();")]
    [InlineData("var e = Take();\nvar pending = _socket.AcceptAsync(e);\nif (!pending) Console.WriteLine();\n{|LCA4005:e.AcceptSocket = null|}; // afresh", "var e = Take();\ne.AcceptSocket = null; // afresh\nvar pending = _socket.AcceptAsync(e);\nif (!pending) Console.WriteLine();")]
    public Task It_is_set_before_the_start(string before, string after) => BecomesAsync(before, after, Handler + "}");

    [Fact]
    public Task Who_gives_up_waiting_leaves_it_to_the_operation() => BecomesAsync(
        "var done = new ManualResetEventSlim();\nvar e = new SocketAsyncEventArgs();\ne.Completed += (_, _) => done.Set();\nif (_socket.ReceiveAsync(e) && !done.Wait(9))\n{\n    // too late\n    {|LCA4005:e.Dispose()|};\n    return;\n}",
        "var done = new ManualResetEventSlim();\nvar e = new SocketAsyncEventArgs();\ne.Completed += (_, _) => done.Set();\nif (_socket.ReceiveAsync(e) && !done.Wait(9))\n{\n    // too late\n    return;\n}", Handler + "}");

    [Theory]
    // Which of the two gives it back, nobody can tell here.
    [InlineData("var e = Take();\nif (!_socket.SendAsync(e)) completed(_socket, e);\n{|LCA4005:_pool.Push(e)|};")]
    [InlineData("var e = Take();\nvar first = _socket.ReceiveAsync(e);\nvar second = {|LCA4005:_socket.ReceiveAsync(e)|};\nConsole.WriteLine(first ^ second);")]
    [InlineData("var e = Take();\nif (!_socket.SendAsync(e)) Console.WriteLine();\nvar token = new object();\n{|LCA4005:e.UserToken = token|};")]
    [InlineData("var e = Take();\nif (!_socket.SendAsync(e)) Console.WriteLine();\n{|LCA4005:e.UserToken = new object()|};")]
    public Task Nothing_is_offered(string code) => BecomesAsync(code, code, Handler + "}");

    /// <summary>The handler receives on: the object is under way again.</summary>
    [Fact]
    public Task Not_where_the_handler_starts_the_next() => BecomesAsync(
        "var e = Take();\nif (!_socket.SendAsync(e)) OnSent(_socket, e);\n{|LCA4005:_pool.Push(e)|};",
        "var e = Take();\nif (!_socket.SendAsync(e)) OnSent(_socket, e);\n{|LCA4005:_pool.Push(e)|};", Handler + "if (!_socket.ReceiveAsync(e)) Console.WriteLine(); }");

    [Fact]
    public Task A_task_is_awaited() => OfTasksAsync("_ = operation.RunAsync(_stream);\n{|LCA4005:_pool.Add(operation)|};", "await operation.RunAsync(_stream);\n_pool.Add(operation);");

    [Fact]
    public Task Who_gives_up_waiting_drops_the_object() => OfTasksAsync(
        "try\n{\n    await operation.RunAsync(_stream).WaitAsync(limit);\n}\nfinally\n{\n    {|LCA4005:_pool.Add(operation)|};\n}",
        "await operation.RunAsync(_stream).WaitAsync(limit);\n_pool.Add(operation);");

    private const string Handler = "    private void OnSent(object? sender, SocketAsyncEventArgs e) { Console.WriteLine(e.SocketError); ";

    private static Task BecomesAsync(string before, string after, string handler, string? handlerAfter = null) =>
        RunAsync(Sender(before, handler), Sender(after, handlerAfter ?? handler));

    private static string Sender(string code, string handler) => $$"""
        class Sender
        {
            private readonly ConcurrentStack<SocketAsyncEventArgs> _pool = new();
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

            private SocketAsyncEventArgs Take()
            {
                if (_pool.TryPop(out var one)) return one;
                one = new SocketAsyncEventArgs();
                one.Completed += OnSent;
                return one;
            }

            public void Send(EventHandler<SocketAsyncEventArgs> completed)
            {
        {{Indented(code)}}
            }

        {{handler}}
        }
        """;

    private static Task OfTasksAsync(string before, string after) => RunAsync(Tasks(before), Tasks(after));

    private static string Tasks(string code) => $$"""
        class SendOperation { public byte[] Bytes = []; public Task RunAsync(NetworkStream stream) => stream.WriteAsync(Bytes, 0, Bytes.Length); }

        class Sender
        {
            private readonly ConcurrentBag<SendOperation> _pool = new();
            private readonly NetworkStream _stream;
            public Sender(NetworkStream stream) => _stream = stream;

            public async Task SendAsync(TimeSpan limit)
            {
                if (!_pool.TryTake(out var operation)) operation = new SendOperation();
        {{Indented(code)}}
                await Task.Yield();
            }
        }
        """;

    private static string Indented(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(l => l.Length == 0 ? l : "        " + l));

    private static Task RunAsync(string before, string after)
    {
        const string usings = "using System.Collections.Concurrent;\nusing System.Net.Sockets;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4005GiveBackAfterCompletionFix>.Test { TestCode = usings + before, FixedCode = usings + after };
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
