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
}
