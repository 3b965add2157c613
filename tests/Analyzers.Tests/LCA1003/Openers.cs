namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>A delegate that connects what it is given.</summary>
public class Openers
{
    private static string Dialer(string body, string type = "Func<Socket, EndPoint, CancellationToken, ValueTask>", string name = "_socketConnect") => $$"""
        using System.Net;

        class Dialer
        {
            private readonly {{type}} {{name}};
            private Socket? _socket;
            public Dialer({{type}} connect) => {{name}} = connect;
            public async Task<bool> TryAllAsync(List<EndPoint> ends, CancellationToken stop) { {{body}} }
            public void Close() => _socket?.Dispose();
        }
        """;

    private const string New = "new Socket(SocketType.Stream, ProtocolType.Tcp)";

    [Theory]
    [InlineData("foreach (var end in ends) { Socket socket; socket = {|LCA1003:" + New + " { NoDelay = true }|}; try { await _socketConnect(socket, end, stop).ConfigureAwait(false); _socket = socket; return true; } catch (Exception e) { Console.WriteLine(e.Message); } } return false;")]
    [InlineData("var socket = {|LCA1003:" + New + "|}; await _socketConnect(socket, ends[0], stop); _socket = socket; return true;")]
    public Task What_it_fails_to_connect_stays_open(string body) => Case.HoldsAsync(Dialer(body));

    [Theory]
    [InlineData("foreach (var end in ends) { Socket socket; socket = " + New + " { NoDelay = true }; try { await _socketConnect(socket, end, stop).ConfigureAwait(false); _socket = socket; return true; } catch (Exception) { socket.Dispose(); } } return false;")]
    [InlineData("var socket = " + New + "; try { await _socketConnect(socket, ends[0], stop); } catch { socket.Dispose(); throw; } _socket = socket; return true;")]
    public Task It_is_closed(string body) => Case.SilentAsync(Dialer(body));

    private const string Given = "await {0}(" + New + ", ends[0]); return true;";

    [Fact]
    public Task What_answers_a_stream_has_taken_it_over() =>
        Case.SilentAsync(Dialer(string.Format(Given, "_connect"), "Func<Socket, EndPoint, Task<NetworkStream>>", "_connect"));

    [Fact]
    public Task What_does_not_say_that_it_connects_may_have_taken_it_over() =>
        Case.SilentAsync(Dialer(string.Format(Given, "_adopt"), "Func<Socket, EndPoint, Task>", "_adopt"));
}
