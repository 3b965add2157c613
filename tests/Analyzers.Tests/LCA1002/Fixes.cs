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

    /// <summary>A delegate in a variable, a lambda that gets a name, an object that is made for the call, a socket that may not be there.</summary>
    [Theory]
    [InlineData("args.Completed += handler;\n        {|LCA1002:_socket.SendAsync(args)|};", "args.Completed += handler;\n        if (!_socket.SendAsync(args)) handler(_socket, args);")]
    [InlineData("args.Completed += (_, e) => e.Dispose();\n        {|LCA1002:_socket.SendAsync(args)|};", "EventHandler<SocketAsyncEventArgs> completed = (_, e) => e.Dispose();\n        args.Completed += completed;\n        if (!_socket.SendAsync(args)) completed(_socket, args);")]
    [InlineData("{|LCA1002:_socket.AcceptAsync(Made())|};", "var socketArgs = Made();\n        if (!_socket.AcceptAsync(socketArgs)) OnCompleted(_socket, socketArgs);")]
    [InlineData("for (var i = 0; i < 9; i++) {|LCA1002:_socket.AcceptAsync(Made())|};", "for (var i = 0; i < 9; i++)\n        {\n            var socketArgs = Made();\n            if (!_socket.AcceptAsync(socketArgs)) OnCompleted(_socket, socketArgs);\n        }")]
    [InlineData("args.Completed += handler;\n        _other?{|LCA1002:.SendAsync(args)|};", "args.Completed += handler;\n        if (_other?.SendAsync(args) == false) handler(_other, args);")]
    public Task Another_kind_of_handler(string body, string becomes)
    {
        return Fix.BecomesAsync(Of(body), Of(becomes));

        static string Of(string body) => $$"""
            class Sender
            {
                private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
                private Socket? _other = null;

                public Sender(Socket? other) => _other = other;

                public void Start(SocketAsyncEventArgs args, EventHandler<SocketAsyncEventArgs> handler, object? operation)
                {
                    {{body}}
                }

                private SocketAsyncEventArgs Made()
                {
                    var made = new SocketAsyncEventArgs();
                    made.Completed += OnCompleted;
                    return made;
                }

                private void OnCompleted(object? sender, SocketAsyncEventArgs args) { }
            }
            """;
    }

    [Theory]
    // Which handler, or which object, cannot be told.
    [InlineData("{|LCA1002:_socket.ReceiveAsync(args)|};", "_args.Completed += OnCompleted; new SocketAsyncEventArgs().Completed += OnOther;")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};", "_args.Completed += (_, _) => { };")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};", "")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(new SocketAsyncEventArgs())|};", "_args.Completed += OnCompleted;")]
    public Task Nothing_is_offered(string body, string handler) => Fix.StaysAsync(Reader(body, handler));
}
