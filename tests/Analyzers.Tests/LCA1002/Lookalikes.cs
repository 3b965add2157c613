namespace LifecycleAnalyzers.Tests.LCA1002;

/// <summary>Methods that look like a socket's and answer something else.</summary>
public class Lookalikes
{
    [Theory]
    // Its answer says whether it was taken, not whether it is pending.
    [InlineData("public bool SendAsync(SocketAsyncEventArgs args) { if (!_socket.SendAsync(args)) Done(args); return true; }", "SendAsync(args)")]
    [InlineData("public bool Keep(SocketAsyncEventArgs args) => args.SocketError == SocketError.Success;", "Keep(args)")]
    [InlineData("public void ReceiveAsync(SocketAsyncEventArgs args) { if (!_socket.ReceiveAsync(args)) Done(args); }", "ReceiveAsync(args)")]
    [InlineData("public Task<bool> SendAsync(SocketAsyncEventArgs args) => Task.FromResult(args.Count == 0);", "SendAsync(args)")]
    public Task An_own_method(string method, string call) => Case.SilentAsync($$"""
        class Pump
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            {{method}}
            public void Start(SocketAsyncEventArgs args) { {{call}}; }
            private void Done(SocketAsyncEventArgs args) { }
        }
        """);

    [Fact]
    public Task A_namesake() => Case.SilentAsync("""
        namespace Mine
        {
            class SocketAsyncEventArgs { }
            class Socket { public bool ReceiveAsync(SocketAsyncEventArgs args) => true; }
            class Reader { public void Start(Socket socket, SocketAsyncEventArgs args) { socket.ReceiveAsync(args); } }
        }
        """);
}
