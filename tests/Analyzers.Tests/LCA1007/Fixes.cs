using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1007GiveBackCountFix>;

namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>The way down in a finally.</summary>
public class Fixes
{
    private static string Server(string body) => $$"""
        class Server
        {
            private int _active;

            public async Task ServeAsync(Socket s, CancellationToken stop)
            {
        {{body}}
            }
        }
        """;

    [Fact]
    public Task The_way_down_moves() => Fix.BecomesAsync(Server("""
                {|LCA1007:_active++|};
                await s.ReceiveAsync(new byte[1], stop);
                _active--;
        """), Server("""
                _active++;
                try
                {
                    await s.ReceiveAsync(new byte[1], stop);
                }
                finally
                {
                    _active--;
                }
        """));

    [Fact]
    public Task The_try_begins_earlier() => Fix.BecomesAsync(Server("""
                {|LCA1007:_active++|};
                Console.WriteLine(s.RemoteEndPoint);
                try
                {
                    await s.ReceiveAsync(new byte[1], stop);
                }
                finally
                {
                    _active--;
                }
        """), Server("""
                _active++;
                try
                {
                    Console.WriteLine(s.RemoteEndPoint);
                    await s.ReceiveAsync(new byte[1], stop);
                }
                finally
                {
                    _active--;
                }
        """));

    /// <summary>A way down at each of several ends becomes one.</summary>
    [Fact]
    public Task The_ways_down_are_gathered() => Fix.BecomesAsync(Server("""
                {|LCA1007:_active++|};
                try
                {
                    await s.ReceiveAsync(new byte[1], stop);
                    _active--;
                }
                catch (SocketException e)
                {
                    // the peer has gone
                    Console.WriteLine(e);
                    _active--;
                }
        """), Server("""
                _active++;
                try
                {
                    await s.ReceiveAsync(new byte[1], stop);
                }
                catch (SocketException e)
                {
                    // the peer has gone
                    Console.WriteLine(e);
                }
                finally
                {
                    _active--;
                }
        """));

    [Theory]
    [InlineData("await {|LCA1007:_slots.WaitAsync(stop)|};", "await _slots.WaitAsync(stop);")]
    public Task What_there_is_no_connection_for_goes_back(string before, string after) => Fix.BecomesAsync(Pool(before + "\n        return await DialAsync(stop);"), Pool(after + "\n        try\n        {\n            return await DialAsync(stop);\n        }\n        catch\n        {\n            _slots.Release();\n            throw;\n        }"));

    private static string Pool(string code) => $$"""
        class Pool
        {
            private readonly SemaphoreSlim _slots = new(100);

            public async Task<Socket> OpenAsync(CancellationToken stop)
            {
                {{code}}
            }

            public void Close(Socket socket)
            {
                socket.Dispose();
                _slots.Release();
            }

            private static async Task<Socket> DialAsync(CancellationToken stop)
            {
                var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { await s.ConnectAsync("peer", 80, stop); return s; } catch { s.Dispose(); throw; }
            }
        }
        """;

    /// <summary>The goodbye that fails must not keep the count up.</summary>
    [Fact]
    public Task The_way_down_elsewhere() => Fix.BecomesAsync("""
        sealed class Counted : IDisposable
        {
            private static int s_alive;
            private readonly Socket _socket;

            public Counted(Socket socket)
            {
                _socket = socket;
                {|LCA1007:s_alive++|};
            }

            public void Dispose()
            {
                _socket.Shutdown(SocketShutdown.Both);
                _socket.Close();
                s_alive--;
            }
        }
        """, """
        sealed class Counted : IDisposable
        {
            private static int s_alive;
            private readonly Socket _socket;

            public Counted(Socket socket)
            {
                _socket = socket;
                s_alive++;
            }

            public void Dispose()
            {
                try
                {
                    _socket.Shutdown(SocketShutdown.Both);
                    _socket.Close();
                }
                finally
                {
                    s_alive--;
                }
            }
        }
        """);

    /// <summary>Who raises it and takes it down by helpers.</summary>
    [Fact]
    public Task The_helpers_callers() => Fix.BecomesAsync("""
        class Gate
        {
            private int _active;

            private void Enter() => {|LCA1007:_active++|};

            private void Leave() => _active--;

            public async Task AdmitAsync(Socket s, CancellationToken stop)
            {
                Enter();
                await s.ReceiveAsync(new byte[1], stop);
                Leave();
            }
        }
        """, """
        class Gate
        {
            private int _active;

            private void Enter() => _active++;

            private void Leave() => _active--;

            public async Task AdmitAsync(Socket s, CancellationToken stop)
            {
                Enter();
                try
                {
                    await s.ReceiveAsync(new byte[1], stop);
                }
                finally
                {
                    Leave();
                }
            }
        }
        """);
}
