namespace LifecycleAnalyzers.Tests.LCA0001;

/// <summary>Descriptions that make sense, or that are somebody else's.</summary>
public class Silent
{
    private const string Attributes = "using LifecycleAnalyzers.Runtime;\nenum Phase { Idle, Online }\n";

    [Theory]
    [InlineData("[Connection(SingleWriter = true)] class Gizmo { [Opens] public void Dial() { } [Sends] public void Tell() { } [Closes] public void HangUp() { } }")]
    [InlineData("class Gizmo { [ConnectionState(Phase.Online, Phase.Idle)] public Phase Phase { get; } }")]
    [InlineData("class Gizmo { [ConnectionState(Phase.Online)] public Phase? Mood { get; } }")]
    [InlineData("class Gizmo { [ConnectionState(\"Online\")] public Phase Phase { get; } }")]
    [InlineData("class Gizmo { [ConnectionState(1)] public Phase Phase { get; } }")]
    [InlineData("class Gizmo { [ConnectionState(2)] public byte Stage; }")]
    [InlineData("class Gizmo { [ConnectionState(false)] public bool Ended { get; } }")]
    [InlineData("class Gizmo { [ConnectionState(\"up\")] public string Mood { get; } = \"\"; }")]
    [InlineData("class Gizmo { [ConnectionState] public bool IsUp() => true; }")]
    [InlineData("class Gizmo { [ConnectionState(Phase.Online)] public ValueTask<Phase> AskAsync() => new(Phase.Online); }")]
    [InlineData("class Gizmo<T> { [ConnectionState(Phase.Online)] public T Mood { get; } = default!; }")]
    [InlineData("class Gizmo { [ErrorEvent] public event EventHandler? Trouble { add { } remove { } } }")]
    [InlineData("class Gizmo { [ErrorEvent] public Action<Exception>? Trouble { get; set; } }")]
    [InlineData("class Gizmo { public void On([ConnectionCallback] Action<string> topic) { } }")]
    [InlineData("class Gizmo { public void On<T>([ConnectionCallback] T handler) where T : Delegate { } }")]
    [InlineData("class Gizmo { [TakesOwnership] public void Adopt(WireClient client) { } public void Take([TakesOwnership] WireClient client) { } }")]
    public Task An_attribute_that_says_something(string source) => Case.SilentAsync(Attributes + source);

    [Fact]
    public Task An_attribute_of_that_name_that_is_somebody_elses() => Case.SilentAsync("""
        class TakesOwnershipAttribute : Attribute;
        class Gizmo { [TakesOwnership] public void Adopt() { } }
        """);

    [Fact]
    public Task A_file_for_another_tool()
    {
        var test = Case.Of(["class Gizmo { }"]);
        test.TestState.AdditionalFiles.Add(("BannedSymbols.txt", "T:Gizmo; because"));
        return test.RunAsync();
    }
}
