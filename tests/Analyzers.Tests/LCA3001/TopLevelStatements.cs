namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Programs without a class around them.</summary>
public class TopLevelStatements
{
    [Fact]
    public Task Are_judged() => Case.Program("""
        {|LCA3001:Holder.Shared.Client.Send("hello")|};

        class Holder
        {
            public static readonly Holder Shared = new();
            private WireClient? _client;
            public WireClient Client => _client ??= new WireClient();
        }
        """).RunAsync();

    [Fact]
    public Task Are_silent_where_nothing_is_wrong() => Case.Program("""
        var holder = new Holder();
        if (holder.Client is { IsOpen: true } client) client.Send("hello");

        class Holder
        {
            private WireClient? _client;
            public WireClient Client => _client ??= new WireClient();
        }
        """).RunAsync();
}
