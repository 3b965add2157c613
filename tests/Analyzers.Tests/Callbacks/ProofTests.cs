namespace LifecycleAnalyzers.Tests.Callbacks;

/// <summary>Some events prove that a connection is open: their handlers may send.</summary>
public class ProofTests
{
    [Theory]
    [InlineData("_c.Opened += Handle;", "_c")]
    [InlineData("var local = _c; local.Opened += Handle;", "local")]
    [InlineData("_c.Error += Handle;", null)]
    [InlineData("_c.Closed += Handle;", null)]
    [InlineData("_c.Received += (s, text) => { };", null)]
    public void The_event_of_a_connection_proves_it(string subscription, string? proven)
    {
        var callback = Assert.Single(Found.InClass($"void M() {{ {subscription} }}").All());
        Assert.Equal(proven, callback.ProvenOpen?.Name);
        Assert.False(callback.ProvesSome);
    }

    [Theory]
    [InlineData("Connected", true)]
    [InlineData("OnReconnectedAsync", true)]
    [InlineData("ClientAuthenticated", true)]
    [InlineData("SessionReady", true)]
    [InlineData("IsOpen", true)]
    [InlineData("PortOpened", true)]
    [InlineData("OnDeviceReady", true)]
    [InlineData("ServerStarted", true)]
    // Something else is open or ready.
    [InlineData("SlotOpened", false)]
    [InlineData("DataReady", false)]
    [InlineData("OnOrderAccepted", false)]
    [InlineData("JobStarted", false)]
    [InlineData("Disconnected", false)]
    [InlineData("Reconnecting", false)]
    [InlineData("MessageReceived", false)]
    [InlineData("OpenFailed", false)]
    public void The_last_word_of_its_name_says_so(string name, bool proves)
    {
        var found = Found.In($"class Source {{ public event EventHandler? {name} {{ add {{ }} remove {{ }} }} }} class C {{ Source _source = new(); void M() {{ _source.{name} += (_, _) => {{ }}; }} }}");
        Assert.Equal(proves ? "_source" : null, Assert.Single(found.All()).ProvenOpen?.Name);
    }

    [Fact]
    public void Subscribed_twice_it_proves_only_what_both_prove()
    {
        var found = Found.InClass("void M() { _c.Opened += Handle; _c.Error += Handle; }");
        Assert.Null(Assert.Single(found.All()).ProvenOpen);
        found = Found.InClass("void M() { _c.Error += Handle; _c.Opened += Handle; }");
        Assert.Null(Assert.Single(found.All()).ProvenOpen);
    }

    [Fact]
    public void An_own_event_that_proves_says_not_of_what()
    {
        var callback = Assert.Single(Found.InClass("event Action? Connected; void M() { Connected += () => { }; }").All());
        Assert.Null(callback.ProvenOpen);
        Assert.True(callback.ProvesSome);
    }
}
