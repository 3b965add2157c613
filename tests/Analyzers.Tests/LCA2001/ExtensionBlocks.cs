#if NEWEST_ROSLYN // the other compiler does not know them yet
namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>Sends and questions in an <c>extension</c> block: what it extends is their object.</summary>
public class ExtensionBlocks
{
    private static string Beat(string use) => $$"""
        static class WireExtensions
        {
            extension(WireClient client)
            {
                public bool IsUsable => client.IsOpen;
                public void Say(string text) => client.Send(text);
                public void SayIfOpen(string text) { if (client.IsOpen) client.Send(text); }
            }
        }

        class Beat
        {
            private readonly WireClient _client = Wire.Connect("x");
            private readonly Timer _timer;
            public Beat() => _timer = new Timer(_ => { {{use}}; }, null, 0, 9);
        }
        """;

    [Theory]
    [InlineData("{|LCA2001:_client.Say(\"\")|}")]
    [InlineData("if (!_client.IsUsable) {|LCA2001:_client.Say(\"\")|}")]
    public Task Not_asked(string use) => Case.HoldsAsync(Beat(use));

    [Theory]
    [InlineData("if (_client.IsUsable) _client.Say(\"\")")]
    [InlineData("if (_client.IsOpen) _client.Say(\"\")")]
    [InlineData("_client.SayIfOpen(\"\")")]
    public Task Asked(string use) => Case.SilentAsync(Beat(use));
}
#endif
