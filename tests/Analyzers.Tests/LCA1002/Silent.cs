namespace LifecycleAnalyzers.Tests.LCA1002;

/// <summary>Somebody looks at the answer.</summary>
public class Silent
{
    [Theory]
    [InlineData("if (!_socket.ReceiveAsync(args)) OnCompleted(_socket, args);")]
    [InlineData("if (_socket.ReceiveAsync(args)) return; OnCompleted(_socket, args);")]
    [InlineData("while (!_socket.AcceptAsync(args)) OnCompleted(_socket, args);")]
    [InlineData("do { OnCompleted(_socket, args); } while (!_socket.ReceiveAsync(args));")]
    [InlineData("var pending = _socket.ReceiveAsync(args); if (!pending) OnCompleted(_socket, args);")]
    [InlineData("bool pending; pending = _socket.ReceiveAsync(args); if (!pending) OnCompleted(_socket, args);")]
    [InlineData("_pending = _socket.ReceiveAsync(args);")]
    [InlineData("Handle(_socket.ReceiveAsync(args));")]
    [InlineData("var done = _pending || !_socket.ReceiveAsync(args); Handle(done);")]
    [InlineData("switch (_socket.ReceiveAsync(args)) { case false: OnCompleted(_socket, args); break; }")]
    [InlineData("Func<bool> again = () => _socket.ReceiveAsync(args); Handle(again());")]
    [InlineData("if (!Receive(args)) OnCompleted(_socket, args);")]
    // Other overloads answer with a task.
    [InlineData("_socket.ReceiveAsync(new byte[1]);")]
    [InlineData("_ = _socket.ConnectAsync(\"\", 1);")]
    [InlineData("Socket.CancelConnectAsync(args);")]
    public Task It_decides(string body) => Case.SilentAsync($$"""
        class Reader
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private bool _pending;
            public bool Pending => _pending;
            public void Start(SocketAsyncEventArgs args) { {{body}} }
            private bool Receive(SocketAsyncEventArgs args) => _socket.ReceiveAsync(args);
            private void Handle(bool pending) { }
            private void OnCompleted(object? sender, SocketAsyncEventArgs args) { }
        }
        """);
}
