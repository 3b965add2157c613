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
    public Task It_goes_to_the_logger() => Fix.BecomesAsync(
        Peer("_ = {|LCA1004:LoopAsync()|};", "private readonly Microsoft.Extensions.Logging.ILogger _log = null!;"),
        Peer("LoopAsync().Observe(_log);", "private readonly Microsoft.Extensions.Logging.ILogger _log = null!;", isFixed: true));

    [Theory]
    [InlineData("while (!{|LCA1004:LoopAsync().Wait(1000)|}) Console.WriteLine();")]
    [InlineData("if (_buffer.Length > 0 && {|LCA1004:LoopAsync().Wait(1000)|}) return;")]
    [InlineData("Action then = () => {|LCA1004:LoopAsync()|}.ContinueWith(_ => Console.WriteLine()); then();")]
    public Task Nothing_is_offered(string body) => Fix.StaysAsync(Peer(body));

    [Fact]
    public Task Nothing_is_offered_without_the_runtime_package()
    {
        var source = Peer("_ = {|LCA1004:LoopAsync()|};");
        return FixCase<LCA1004ObserveConnectionTaskFix>.Of(source, source, runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }
}
