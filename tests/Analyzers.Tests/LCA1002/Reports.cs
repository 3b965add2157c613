namespace LifecycleAnalyzers.Tests.LCA1002;

/// <summary>The answer of an operation that may have completed already is thrown away.</summary>
public class Reports
{
    private static string Reader(string body, string members = "") => $$"""
        class Reader
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();
            private bool _pending;

            public Reader() => _args.Completed += OnCompleted;

            public void Start(SocketAsyncEventArgs args) { {{body}} }

            private void OnCompleted(object? sender, SocketAsyncEventArgs args) { }

            {{members}}
        }
        """;

    [Theory]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(_args)|};")]
    [InlineData("{|LCA1002:_socket.ReceiveAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.SendAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.AcceptAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.ConnectAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.DisconnectAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.ReceiveFromAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.SendToAsync(args)|};")]
    [InlineData("{|LCA1002:_socket.SendPacketsAsync(args)|};")]
    [InlineData("{|LCA1002:Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)|};")]
    [InlineData("_ = {|LCA1002:_socket.ReceiveAsync(args)|};")]
    [InlineData("var pending = {|LCA1002:_socket.ReceiveAsync(args)|};")]
    [InlineData("bool pending; pending = {|LCA1002:_socket.ReceiveAsync(args)|};")]
    [InlineData("if (_pending) {|LCA1002:_socket.ReceiveAsync(args)|};")]
    [InlineData("while (_pending) { {|LCA1002:_socket.ReceiveAsync(args)|}; }")]
    [InlineData("try { {|LCA1002:_socket.ReceiveAsync(args)|}; } catch (ObjectDisposedException) { }")]
    [InlineData("Action again = () => {|LCA1002:_socket.ReceiveAsync(args)|};")]
    [InlineData("void Again() => {|LCA1002:_socket.ReceiveAsync(args)|}; Again();")]
    [InlineData("_socket?{|LCA1002:.ReceiveAsync(args)|};")]
    // One is looked at, the other is not.
    [InlineData("if (!_socket.ReceiveAsync(args)) OnCompleted(this, args); {|LCA1002:_socket.SendAsync(_args)|};")]
    public Task The_call(string body) => Case.HoldsAsync(Reader(body));

    [Fact]
    public Task A_field_that_nobody_reads() => Case.HoldsAsync(Reader("_pending = {|LCA1002:_socket.ReceiveAsync(args)|};"));

    [Fact]
    public Task A_method_of_one_expression() => Case.HoldsAsync(Reader("", "public void Receive() => {|LCA1002:_socket.ReceiveAsync(_args)|};"));

    [Fact]
    public Task An_own_method_that_hands_the_answer_on() => Case.HoldsAsync(Reader("{|LCA1002:Receive(args)|};", "private bool Receive(SocketAsyncEventArgs args) { args.UserToken = this; return _socket.ReceiveAsync(args); }"));

    [Fact]
    public Task The_message() => Case.HoldsAsync(
        Reader("{|#0:_socket.ReceiveAsync(args)|};"),
        Case.Diagnostic("LCA1002").WithLocation(0).WithMessage("When 'ReceiveAsync' answers false the operation is already complete, and 'Completed' is never raised for it"));
}
