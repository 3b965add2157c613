using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1002HandleSynchronousCompletionFix>;

namespace LifecycleAnalyzers.Tests.LCA1002;

/// <summary>The handler runs where the event will not come.</summary>
public class Fixes
{
    private static string Reader(string body, string handler = "_args.Completed += OnCompleted;") => $$"""
        class Reader
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();

            public Reader() { {{handler}} }

            public void Start(SocketAsyncEventArgs args)
            {
                {{body}}
            }

            private void OnCompleted(object? sender, SocketAsyncEventArgs args) { }
            private void OnOther(object? sender, SocketAsyncEventArgs args) { }
        }
        """;

    [Theory]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|}; // the first", "if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args); // the first")]
    [InlineData("_ = {|LCA1002:_socket.ReceiveAsync(_args)|};", "if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args);")]
    [InlineData("var pending = {|LCA1002:_socket.ReceiveAsync(_args)|};", "if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args);")]
    // A parameter: the type attaches one handler only.
    [InlineData("{|LCA1002:_socket.SendAsync(args)|};", "if (!_socket.SendAsync(args)) OnCompleted(_socket, args);")]
    [InlineData("{|LCA1002:Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)|};", "if (!Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)) OnCompleted(null, args);")]
    [InlineData("Action again = () => {|LCA1002:_socket.ReceiveAsync(_args)|}; again();", "Action again = () => { if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args); }; again();")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|}; {|LCA1002:_socket.SendAsync(args)|};", "if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args); if (!_socket.SendAsync(args)) OnCompleted(_socket, args);")]
    public Task The_answer_decides(string body, string becomes) => Fix.BecomesAsync(Reader(body), Reader(becomes));

    [Fact]
    public Task A_handler_in_a_delegate_creation() => Fix.BecomesAsync(
        Reader("{|LCA1002:_socket.ReceiveAsync(_args)|};", "_args.Completed += new EventHandler<SocketAsyncEventArgs>(OnCompleted);"),
        Reader("if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args);", "_args.Completed += new EventHandler<SocketAsyncEventArgs>(OnCompleted);"));

    [Theory]
    // Which handler, or which object, cannot be told.
    [InlineData("{|LCA1002:_socket.ReceiveAsync(args)|};", "_args.Completed += OnCompleted; new SocketAsyncEventArgs().Completed += OnOther;")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};", "_args.Completed += (_, _) => { };")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};", "")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(new SocketAsyncEventArgs())|};", "_args.Completed += OnCompleted;")]
    public Task Nothing_is_offered(string body, string handler) => Fix.StaysAsync(Reader(body, handler));
}
