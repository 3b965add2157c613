using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA0001;

/// <summary>What of the user's own description is not understood, told where it stands. All details of lines and options are in Catalogue/ParserTests and Catalogue/OptionTests.</summary>
public class Reports
{
    private const string Attributes = "using LifecycleAnalyzers.Runtime;\nenum Phase { Idle, Online }\nenum Colour { Red }\n";

    /// <summary>A connection whose sends are found although something else about it is wrong.</summary>
    private const string Reported = """
        class Desk
        {
            private readonly WireClient _client = new();
            public Desk() => _client.Received += OnReceived;
            private void OnReceived(object? sender, string text) => {|LCA2001:_client.Send(text)|};
        }
        """;

    [Fact]
    public Task A_line_of_a_catalogue()
    {
        var test = Case.WithCatalogue(Reported, "# ours\nT:Gizmo; conection\n");
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA0001").WithSeverity(DiagnosticSeverity.Warning).WithSpan("/0/mine.lifecycle.txt", 2, 1, 2, 19).WithMessage("mine.lifecycle.txt line 2: 'conection' is no trait of a type"));
        return test.RunAsync();
    }

    [Fact]
    public Task An_option()
    {
        var test = Case.Of([Reported]);
        test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", "is_global = true\nlifecycle_analyzers.conventions = perhaps\n"));
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA0001").WithMessage("Option lifecycle_analyzers.conventions: 'perhaps' is neither true nor false"));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("[{|#0:Connection|}, NotAConnection] class Gizmo { }", "[Connection]: 'Gizmo' is said to be a connection and to be none")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(Colour.Red)|}] public Phase Phase { get; } }", "[ConnectionState]: Colour.Red is no value of 'Phase'")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(Phase.Online, \"Onlin\")|}] public Phase Phase { get; } }", "[ConnectionState]: 'Onlin' is no value of 'Phase'")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(Phase.Online)|}] public bool IsUp { get; } }", "[ConnectionState]: Phase.Online is no value of 'bool'")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(1)|}] public bool? IsUp { get; } }", "[ConnectionState]: 1 is no value of 'bool'")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(\"yes\")|}] public bool IsUp { get; } }", "[ConnectionState]: 'yes' is neither true nor false")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(true)|}] public string Mood = \"\"; }", "[ConnectionState]: true is no value of 'string'")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(typeof(int))|}] public int Mood; }", "[ConnectionState]: typeof(int) is no value of a state")]
    [InlineData("class Gizmo { [{|#0:ConnectionState(Phase.Online)|}] public Task<bool> AskAsync() => Task.FromResult(true); }", "[ConnectionState]: Phase.Online is no value of 'bool'")]
    [InlineData("class Gizmo { [{|#0:ConnectionState|}] public bool IsUp(int line) => line > 0; }", "[ConnectionState]: 'IsUp' takes parameters, and a state is asked without")]
    [InlineData("class Gizmo { [{|#0:ConnectionState|}] public void Look() { } }", "[ConnectionState]: 'Look' answers nothing")]
    [InlineData("class Gizmo { [{|#0:ConnectionState|}] public Task LookAsync() => Task.CompletedTask; }", "[ConnectionState]: 'LookAsync' answers nothing")]
    [InlineData("class Gizmo { [{|#0:ErrorEvent|}] public string Trouble { get; set; } = \"\"; }", "[ErrorEvent]: 'Trouble' is no event, and no delegate can be put into it")]
    [InlineData("class Gizmo { public void On([{|#0:ConnectionCallback|}] string topic) { } }", "[ConnectionCallback]: 'topic' takes no delegate")]
    [InlineData("class Gizmo { [{|#0:TakesOwnership|}] public void Adopt() { } }", "[TakesOwnership]: 'Gizmo.Adopt()' is given nothing")]
    [InlineData("class Gizmo { [{|#0:LifecycleAnalyzers.Runtime.TakesOwnershipAttribute|}] public void Adopt() { } }", "[LifecycleAnalyzers.Runtime.TakesOwnershipAttribute]: 'Gizmo.Adopt()' is given nothing")]
    public Task An_attribute(string source, string message) =>
        Case.HoldsAsync(Attributes + source + "\n" + Reported, Case.Diagnostic("LCA0001").WithLocation(0).WithSeverity(DiagnosticSeverity.Warning).WithMessage(message));

    [Fact]
    public Task Every_attribute_of_a_member_and_each_of_its_own_account() => Case.HoldsAsync(Attributes + """
        class Gizmo
        {
            [Sends, {|#0:ConnectionState|}, {|#1:TakesOwnership|}] public void Whisper() { }
        }
        """,
        Case.Diagnostic("LCA0001").WithLocation(0).WithMessage("[ConnectionState]: 'Whisper' answers nothing"),
        Case.Diagnostic("LCA0001").WithLocation(1).WithMessage("[TakesOwnership]: 'Gizmo.Whisper()' is given nothing"));
}
