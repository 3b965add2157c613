namespace LifecycleAnalyzers.Tests.LCA1005;

public class HalfWritten
{
    [Theory]
    [InlineData("private void OnReceived(IAsyncResult result) { _socket.EndReceive(")]
    [InlineData("private void OnReceived(IAsyncResult result) { try { _socket.EndReceive(result); }")]
    [InlineData("private void OnReceived(IAsyncResult result) { try { _socket.EndReceive(result); } catch (")]
    [InlineData("public async void Go() { await _socket.ConnectAsync(")]
    [InlineData("public void Go() { new Thread(() => { _socket.Receive(")]
    [InlineData("public void Go() { new Thread(Missing).Start(); new Timer(_ => _missing.Receive());")]
    public Task It_is_left_alone(string member) => Case.Broken($$"""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Start() => _socket.BeginReceive(new byte[1], 0, 1, SocketFlags.None, OnReceived, null);
            {{member}}
        """).RunAsync();

    /// <summary>The base of the exception is missing, as it is where a package was not restored.</summary>
    [Theory]
    [InlineData("try { Read(); } catch (Exception) { _socket.Dispose(); }")]
    [InlineData("try { Read(); } catch { _socket.Dispose(); }")]
    [InlineData("try { Read(); } catch (IOException) { _socket.Dispose(); }")]
    [InlineData("{|LCA1005:Read()|};")]
    [InlineData("try { {|LCA1005:Read()|}; } catch (ArgumentException) { _socket.Dispose(); }")]
    public Task An_exception_of_ones_own_is_one_whatever_it_derives_from(string body) => Case.Broken($$"""
        class IOException : MissingException { }
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Start() => new Thread(Run).Start();
            private void Run() { {{body}} }
            private void Read() { if (_socket.Available == 0) throw new IOException(); }
        }
        """).RunAsync();
}
