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

    /// <summary>A lambda elsewhere that does one thing: that thing is done here.</summary>
    [Theory]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};", "_args.Completed += (_, e) => OnDone(e);", "if (!_socket.ReceiveAsync(_args)) OnDone(_args);")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(args)|};", "_args.Completed += (sender, e) => OnCompleted(sender, e);", "if (!_socket.ReceiveAsync(args)) OnCompleted(_socket, args);")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};", "_args.Completed += (_, e) => { _count += e.BytesTransferred; };", "if (!_socket.ReceiveAsync(_args)) _count += _args.BytesTransferred;")]
    [InlineData("{|LCA1002:_socket.SendAsync(_args)|};", "_args.Completed += (_, e) => { if (e.SocketError != SocketError.Success) OnDone(e); };", "if (!_socket.SendAsync(_args)) { if (_args.SocketError != SocketError.Success) OnDone(_args); }")]
    // What its own place alone knows, or more than one thing, cannot be done here.
    [InlineData("{|LCA1002:_socket.SendAsync(_args)|};", "var name = string.Empty; _args.Completed += (_, e) => Console.WriteLine(name);", "{|LCA1002:_socket.SendAsync(_args)|};")]
    [InlineData("{|LCA1002:_socket.SendAsync(_args)|};", "_args.Completed += (_, e) => { OnDone(e); _count++; };", "{|LCA1002:_socket.SendAsync(_args)|};")]
    [InlineData("{|LCA1002:_socket.SendAsync(args)|};", "_args.Completed += (_, e) => OnDone(e); new SocketAsyncEventArgs().Completed += (_, e) => _count++;", "{|LCA1002:_socket.SendAsync(args)|};")]
    public Task What_a_short_handler_does(string body, string handler, string becomes)
    {
        return Fix.BecomesAsync(Of(body), Of(becomes));

        string Of(string written) => Reader(written, handler).Replace("private void OnOther", "private int _count;\n    public int Count => _count;\n    private void OnDone(SocketAsyncEventArgs e) { }\n    private void OnOther", StringComparison.Ordinal);
    }

    /// <summary>What the handler starts again comes back to it, whatever others there are.</summary>
    [Theory]
    [InlineData("_receive.Completed += OnReceived; _send.Completed += (_, _) => { };", "object? sender, SocketAsyncEventArgs e", "OnReceived(_socket, e)")]
    [InlineData("_receive.Completed += (_, e) => OnReceived(e); _send.Completed += (_, _) => { };", "SocketAsyncEventArgs e", "OnReceived(e)")]
    public Task The_handler_itself(string attached, string parameters, string run)
    {
        return Fix.BecomesAsync(Of("{|LCA1002:_socket.ReceiveAsync(e)|};"), Of($"if (!_socket.ReceiveAsync(e)) {run};"));

        string Of(string again) => $$"""
            class Reader
            {
                private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
                private readonly SocketAsyncEventArgs _receive = new();
                private readonly SocketAsyncEventArgs _send = new();

                public Reader() { {{attached}} }

                private void OnReceived({{parameters}})
                {
                    if (e.BytesTransferred == 0) return;
                    {{again}}
                }
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
