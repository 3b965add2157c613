using LifecycleAnalyzers.CodeFixes.Creation;
using LifecycleAnalyzers.Testing;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1004ObserveConnectionTaskFix>;

namespace LifecycleAnalyzers.Tests.LCA1004;

/// <summary>The failure goes to the type's logger, or to the trace.</summary>
public class Fixes
{
    private static string Peer(string body, string field = "", bool isFixed = false) => (isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "") + $$"""

        class Peer
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly Socket? _mirror = null;
            private readonly byte[] _buffer = new byte[1];
            {{field}}
            public void Start()
            {
                {{body}}
            }
            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
        }
        """;

    [Theory]
    [InlineData("_ = {|LCA1004:LoopAsync()|}; // for ever", "LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString())); // for ever")]
    [InlineData("{|LCA1004:LoopAsync()|};", "LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("{|LCA1004:LoopAsync()|}.ConfigureAwait(false);", "LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("var loop = {|LCA1004:LoopAsync()|};", "LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("_ = {|LCA1004:_socket.SendAsync(_buffer, SocketFlags.None, default)|};", "_socket.SendAsync(_buffer, SocketFlags.None, default).Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("_ = {|LCA1004:_socket.SendAsync(_buffer, SocketFlags.None, default)|}.AsTask();", "_socket.SendAsync(_buffer, SocketFlags.None, default).Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("_mirror?{|LCA1004:.SendAsync(_buffer, SocketFlags.None)|};", "_mirror?.SendAsync(_buffer, SocketFlags.None).Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("{|LCA1004:Task.Run(LoopAsync)|};", "Task.Run(LoopAsync).Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData("Action start = () => {|LCA1004:LoopAsync()|}; start();", "Action start = () => LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString())); start();")]
    [InlineData("{|LCA1004:LoopAsync()|}; {|LCA1004:Task.Run(LoopAsync)|};", "LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString())); Task.Run(LoopAsync).Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    public Task It_goes_to_the_trace(string body, string becomes) => Fix.BecomesAsync(Peer(body), Peer(becomes, isFixed: true));

    [Fact]
    public Task What_is_in_scope_is_written_without_its_namespace() => Fix.BecomesAsync(
        "using System.Diagnostics;\n" + Peer("if (_buffer.Length > 0) { {|LCA1004:LoopAsync()|}; }"),
        "using System.Diagnostics;\n" + Peer("if (_buffer.Length > 0) { LoopAsync().Observe(e => Trace.TraceError(e.ToString())); }", isFixed: true));

    [Fact]
    public Task A_member_of_the_same_name_is_not_taken_for_it() => Fix.BecomesAsync(
        "using System.Diagnostics;\n" + Peer("{|LCA1004:LoopAsync()|};", "private object Trace { get; } = new();"),
        "using System.Diagnostics;\n" + Peer("LoopAsync().Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));", "private object Trace { get; } = new();", isFixed: true));

    [Fact]
    public Task It_goes_to_the_logger() => Fix.BecomesAsync(
        Peer("_ = {|LCA1004:LoopAsync()|};", "private readonly Microsoft.Extensions.Logging.ILogger _log = null!;"),
        Peer("LoopAsync().Observe(_log);", "private readonly Microsoft.Extensions.Logging.ILogger _log = null!;", isFixed: true));

    [Theory]
    [InlineData("while (!{|LCA1004:LoopAsync().Wait(1000)|}) Console.WriteLine();")]
    [InlineData("if (_buffer.Length > 0 && {|LCA1004:LoopAsync().Wait(1000)|}) return;")]
    [InlineData("Action then = () => {|LCA1004:LoopAsync()|}.ContinueWith(_ => Console.WriteLine()); then();")]
    public Task Nothing_is_offered(string body) => Fix.StaysAsync(Peer(body));

    private const string Traced = ".ContinueWith(failed => System.Diagnostics.Trace.TraceError(failed.Exception?.ToString()), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default)";

    [Theory]
    [InlineData("_ = {|LCA1004:LoopAsync()|}; // for ever", "_ = LoopAsync()" + Traced + "; // for ever")]
    [InlineData("{|LCA1004:LoopAsync()|};", "_ = LoopAsync()" + Traced + ";")]
    [InlineData("{|LCA1004:LoopAsync()|}.ConfigureAwait(false);", "_ = LoopAsync()" + Traced + ";")]
    [InlineData("var loop = {|LCA1004:LoopAsync()|};", "_ = LoopAsync()" + Traced + ";")]
    [InlineData("_ = {|LCA1004:_socket.SendAsync(_buffer, SocketFlags.None, default)|};", "_ = _socket.SendAsync(_buffer, SocketFlags.None, default).AsTask()" + Traced + ";")]
    [InlineData("_mirror?{|LCA1004:.SendAsync(_buffer, SocketFlags.None)|};", "_ = _mirror?.SendAsync(_buffer, SocketFlags.None)" + Traced + ";")]
    [InlineData("Action start = () => {|LCA1004:LoopAsync()|}; start();", "Action start = () => _ = LoopAsync()" + Traced + "; start();")]
    [InlineData("Action<int> start = _ => {|LCA1004:LoopAsync()|}; start(1);", "Action<int> start = _ => LoopAsync()" + Traced + "; start(1);")]
    [InlineData("_ = {|LCA1004:LoopAsync()|}.ContinueWith(_ => Console.WriteLine());", "var running = LoopAsync();\n        _ = running" + Traced + ";\n        _ = running.ContinueWith(_ => Console.WriteLine());")]
    [InlineData("{|LCA1004:LoopAsync().Wait(1000)|};", "var pending = LoopAsync();\n        if (!pending.Wait(1000)) _ = pending" + Traced + ";")]
    public Task Without_the_runtime_package_a_continuation_hears_of_it(string body, string becomes) =>
        FixCase<LCA1004ObserveConnectionTaskFix>.Of(Peer(body), Peer(becomes), runtime: false).RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Without_the_runtime_package_the_logger_hears_of_it()
    {
        const string log = "private readonly Microsoft.Extensions.Logging.ILogger _log = null!;";
        return FixCase<LCA1004ObserveConnectionTaskFix>.Of(
            "using Microsoft.Extensions.Logging;\n" + Peer("{|LCA1004:LoopAsync()|};", log),
            "using Microsoft.Extensions.Logging;\n" + Peer("_ = LoopAsync().ContinueWith(failed => _log.LogError(failed.Exception, \"the connection failed\"), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);", log),
            runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }
}
