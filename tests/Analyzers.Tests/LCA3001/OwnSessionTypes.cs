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
}
