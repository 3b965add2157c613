namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>Programs without a class around them.</summary>
public class TopLevelStatements
{
    [Fact]
    public Task Are_judged() => Case.Program("""
        var client = new WireClient();
        client.Received += (_, text) => {|LCA2001:client.Send(text)|};
        client.Closed += OnClosed;
        Console.ReadLine();

        void OnClosed(object? sender, EventArgs e) => {|LCA2001:client.Send("bye")|};
        """).RunAsync();

    [Fact]
    public Task Are_silent_where_nothing_is_wrong() => Case.Program("""
        var client = new WireClient();
        client.Received += (_, text) => { if (client.IsOpen) client.Send(text); };
        client.Closed += OnClosed;
        Console.ReadLine();

        void OnClosed(object? sender, EventArgs e) => Console.WriteLine("bye");
        """).RunAsync();
}
