namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A session of one's own type around a socket: its code shows how it sends, and nobody but its keeper can ask.</summary>
public class OwnSessionTypes
{
    private static string Kept(string send, string use) => $$"""
        sealed class NodeSocket(Socket socket) : IDisposable
        {
            private Socket? _other;
            public bool IsAlive => !socket.Poll(0, SelectMode.SelectRead);
            public void Write(byte[] line) { {{send}} }
            public void Dispose() { socket.Dispose(); _other?.Dispose(); }
        }

        class Client(Func<string, NodeSocket> open)
        {
            private readonly Dictionary<string, NodeSocket> _nodes = [];
            private NodeSocket? _one;
            public void Use(string key, byte[] line) { {{use}} }
        }
        """;

    [Theory]
    [InlineData("if (!_nodes.TryGetValue(key, out var node)) _nodes[key] = node = open(key); {|LCA3001:node.Write(line)|};")]
    [InlineData("_one ??= open(key); {|LCA3001:_one.Write(line)|};")]
    public Task What_it_sends_on_lives_and_dies_with_it(string use) => Case.HoldsAsync(Kept("socket.Send(line);", use));

    [Theory]
    [InlineData("if (!_nodes.TryGetValue(key, out var node) || !node.IsAlive) _nodes[key] = node = open(key); node.Write(line);")]
    [InlineData("if (_one is not { IsAlive: true }) _one = open(key); _one.Write(line);")]
    [InlineData("_one ??= open(key); try { _one.Write(line); } catch (SocketException) { _one.Dispose(); _one = null; throw; }")]
    public Task Asked_or_evicted(string use) => Case.SilentAsync(Kept("socket.Send(line);", use));

    [Fact]
    public Task What_it_keeps_itself_is_reported_there() => Case.HoldsAsync(Kept(
        "_other ??= new Socket(SocketType.Stream, ProtocolType.Tcp); {|LCA3001:_other.Send(line)|};",
        "_one ??= open(key); _one.Write(line);"));

    /// <summary>Its own end comes with it: what it still says may fail.</summary>
    [Theory]
    [InlineData("public void Dispose() { try { if (_one is not null) _one.Write([1]); } catch { } _one?.Dispose(); }", true)]
    [InlineData("public void Close() { try { _one?.Write([1]); } catch (SocketException) { } catch (ObjectDisposedException) { } _one?.Dispose(); }", true)]
    [InlineData("public void Dispose() { if (_one is not null) {|LCA3001:_one.Write([1])|}; _one?.Dispose(); }", false)]
    [InlineData("public void Flush() { try { if (_one is not null) {|LCA3001:_one.Write([1])|}; } catch { } }", false)]
    public Task The_last_words_of_its_keeper(string member, bool silent)
    {
        var code = Kept("socket.Send(line);", "if (_one is not { IsAlive: true }) _one = open(key);").Replace("private NodeSocket? _one;", "private NodeSocket? _one; " + member, StringComparison.Ordinal);
        return silent ? Case.SilentAsync(code) : Case.HoldsAsync(code);
    }

    /// <summary>What stands in an assembly that is missing here may be the send, and then the question before it counts.</summary>
    [Theory]
    [InlineData("private bool _close; private Missing _wire = null!; public void Send(string text) { if (_close) return; _wire.SendPackage(text); } public void Close() { _close = true; }", "node.Send(\"\")")]
    [InlineData("private bool _close; private Missing _wire = null!; public void Send(string text) => Core(text); private void Core(string text) { if (_close) return; _wire.SendPackage(text); } public void Close() { _close = true; }", "node.Send(\"\")")]
    [InlineData("private readonly Queue<string> _waiting = []; public void Send(string text) => _waiting.Enqueue(text); public void Close() => _waiting.Clear();", "{|LCA3001:node.Send(\"\")|}")]
    public Task The_sending_member_is_not_understood(string members, string use) => Case.Broken($$"""
        class NodeSession { public bool IsConnected => DateTime.Now.Ticks > 0; {{members}} }
        class Room
        {
            private readonly Dictionary<int, NodeSession> _nodes = [];
            public void Join(int at, NodeSession node) => _nodes[at] = node;
            public void Tell(int at) { if (_nodes.TryGetValue(at, out var node)) {{use}}; }
        }
        """).RunAsync();
}
