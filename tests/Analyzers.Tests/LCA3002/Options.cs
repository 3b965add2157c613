using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>What the user sets: severity, conventions, types to leave out, a catalogue of their own.</summary>
public class Options
{
    private static readonly string Reported = Reports.Feed("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|};");

    private const string ByConvention = """
        class PriceLink
        {
            public bool IsOpen { get; private set; }
            public async Task OpenAsync() { await Task.Yield(); IsOpen = true; }
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() => IsOpen = false;
        }

        class Desk
        {
            private Task<PriceLink>? _link;
            private static async Task<PriceLink> OpenAsync() { var l = new PriceLink(); await l.OpenAsync(); return l; }
            public Task<PriceLink> Get() => {|LCA3002:_link ??= OpenAsync()|};
        }
        """;

    [Theory]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity_is_set_by_editorconfig(string value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(Reported.Replace("{|LCA3002:", "{|#0:"), "dotnet_diagnostic.LCA3002.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA3002").WithLocation(0).WithSeverity(severity));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA3002.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Reuse.severity = none")]
    public Task It_is_switched_off_by_editorconfig(string config) => Case.WithConfig(Unmarked(Reported), config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA3002\n" + Unmarked(Reported));

    [Fact]
    public Task Conventions_are_on_by_default() => Case.HoldsAsync(ByConvention);

    [Fact]
    public Task Conventions_can_be_switched_off() => Case.WithConfig(Unmarked(ByConvention), "lifecycle_analyzers.conventions = false").RunAsync();

    [Theory]
    [InlineData("PriceLink")]
    [InlineData("T:Some.Other.Type|T:PriceLink")]
    public Task A_type_can_be_left_out(string value) => Case.WithConfig(Unmarked(ByConvention), "lifecycle_analyzers.excluded_types = " + value).RunAsync();

    [Fact]
    public Task What_the_users_catalogue_describes_is_a_connection() => Case.WithCatalogue("""
        class Gizmo
        {
            public Task BeginAsync() => Task.CompletedTask;
            public void Whisper(string text) => Console.WriteLine(text);
        }

        class Desk
        {
            private readonly Lazy<Task<Gizmo>> _gizmo = {|LCA3002:new(async () => { var g = new Gizmo(); await g.BeginAsync(); return g; })|};
        }
        """, """
        T:Gizmo; connection
        M:Gizmo.BeginAsync; open
        M:Gizmo.Whisper; send
        """).RunAsync();

    private static string Unmarked(string source) => source.Replace("{|LCA3002:", "").Replace("|}", "");
}
