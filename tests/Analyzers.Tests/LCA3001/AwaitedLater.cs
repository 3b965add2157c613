namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>The task of a use is kept in a variable: its failure comes out where that is awaited.</summary>
public class AwaitedLater
{
    private static string Caller(string use) => $$"""
        class Caller(Func<string, IWireSession> open)
        {
            private IWireSession? _session;
            private IWireSession Session() => _session ??= open("x");
            public async Task SendAsync(string text)
            {
                Task asking;
                {{use}}
            }
        }
        """;

    [Theory]
    [InlineData("asking = {|LCA3001:Session().SendAsync(text)|}; try { await asking; } catch (Exception e) { Console.WriteLine(e); throw; }")]
    [InlineData("asking = {|LCA3001:Session().SendAsync(text)|}; try { await Task.Yield(); } catch (Exception) { _session = null; throw; } await asking;")]
    public Task Nobody_throws_it_out_there(string use) => Case.HoldsAsync(Caller(use));

    [Theory]
    [InlineData("asking = Session().SendAsync(text); try { await asking; } catch (Exception) { _session = null; throw; }")]
    [InlineData("asking = Session().SendAsync(text); await Task.Yield(); try { await asking.ConfigureAwait(false); } catch (Exception) { _session = null; throw; }")]
    public Task It_is_thrown_out_there(string use) => Case.SilentAsync(Caller(use));
}
