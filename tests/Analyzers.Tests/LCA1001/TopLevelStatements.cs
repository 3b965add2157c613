namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>Programs without a class around them.</summary>
public class TopLevelStatements
{
    [Fact]
    public Task Are_judged() => Case.Program("""
        var client = new DeskClient();
        {|LCA1001:client.Open()|};
        await Task.Delay(1000);
        client.Error += (_, _) => Console.WriteLine("too late");

        class DeskClient : WireClient { }
        """).RunAsync();

    [Fact]
    public Task Are_silent_where_nothing_is_wrong() => Case.Program("""
        var client = new DeskClient();
        client.Error += (_, _) => Console.WriteLine("in time");
        client.Open();
        await Task.Delay(1000);

        class DeskClient : WireClient { }
        """).RunAsync();
}
