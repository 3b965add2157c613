using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>What the user sets: severity, conventions, types to leave out, a catalogue of their own.</summary>
public class Options
{
    private const string Reported = """
        class Feed
        {
            private WireClient? _client;
            public void Use() { _client ??= new WireClient(); {|LCA3001:_client.Send("")|}; }
        }
        """;

    private const string ByConvention = """
        class PriceLink
        {
            public event Action<Exception>? Faulted;
            public bool IsOpen { get; private set; }
            public void Open() { IsOpen = true; Faulted?.Invoke(new IOException()); }
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() => IsOpen = false;
        }

        class Desk
        {
            private PriceLink? _link;
            public void Use() { _link ??= new(); {|LCA3001:_link.Send("")|}; }
        }
        """;

    [Fact]
    public Task It_is_a_warning_by_default() => Case.HoldsAsync(Reported.Replace("{|LCA3001:", "{|#0:"), Case.Diagnostic("LCA3001").WithLocation(0).WithSeverity(DiagnosticSeverity.Warning).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));

    [Theory]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity_is_set_by_editorconfig(string value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(Reported.Replace("{|LCA3001:", "{|#0:"), "dotnet_diagnostic.LCA3001.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA3001").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA3001.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Reuse.severity = none")]
    public Task It_is_switched_off_by_editorconfig(string config) => Case.WithConfig(Unmarked(Reported), config).RunAsync();

    [Fact]
    public async Task It_is_switched_off_for_one_folder()
    {
        var test = Case.Of([]);
        test.TestState.Sources.Add(("/0/src/Kept.cs", "using Wires;\n" + Reported));
        test.TestState.Sources.Add(("/0/legacy/Left.cs", "using Wires;\nnamespace Legacy;\n" + Unmarked(Reported)));
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[legacy/**.cs]\ndotnet_diagnostic.LCA3001.severity = none\n[/0/legacy/**.cs]\ndotnet_diagnostic.LCA3001.severity = none\n"));
        await test.RunAsync();
    }

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA3001\n" + Unmarked(Reported));

    [Fact]
    public Task Conventions_are_on_by_default() => Case.HoldsAsync(ByConvention);

    [Fact]
    public Task Conventions_can_be_switched_off() => Case.WithConfig(Unmarked(ByConvention), "lifecycle_analyzers.conventions = false").RunAsync();

    [Theory]
    [InlineData("PriceLink")]
    [InlineData("T:PriceLink")]
    [InlineData("T:Some.Other.Type|T:PriceLink")]
    public Task A_type_can_be_left_out(string value) => Case.WithConfig(Unmarked(ByConvention), "lifecycle_analyzers.excluded_types = " + value).RunAsync();

    [Fact]
    public Task Leaving_out_another_type_changes_nothing() => Case.WithConfig(ByConvention, "lifecycle_analyzers.excluded_types = T:Some.Other.Type").RunAsync();

    [Fact]
    public Task What_the_users_catalogue_describes_is_a_connection() => Case.WithCatalogue("""
        class Gizmo
        {
            public event Action<Exception>? Trouble;
            public bool Fine { get; private set; }
            public void Begin() { Fine = true; Trouble?.Invoke(new IOException()); }
            public void Whisper(string text) => Console.WriteLine(text);
            public void Finish() => Fine = false;
        }

        class Desk
        {
            private Gizmo? _link;
            public void Use() { _link ??= new(); {|LCA3001:_link.Whisper("")|}; }
        }
        """, """
        # ours
        T:Gizmo; connection
        M:Gizmo.Begin; open
        E:Gizmo.Trouble; error
        P:Gizmo.Fine; state; usable=true
        M:Gizmo.Whisper; send
        M:Gizmo.Finish; close
        """).RunAsync();

    [Fact]
    public Task Without_the_catalogue_it_is_none() => Case.SilentAsync(Unmarked("""
        class Gizmo
        {
            public event Action<Exception>? Trouble;
            public bool Fine { get; private set; }
            public void Begin() { Fine = true; Trouble?.Invoke(new IOException()); }
            public void Whisper(string text) => Console.WriteLine(text);
            public void Finish() => Fine = false;
        }

        class Desk
        {
            private Gizmo? _link;
            public void Use() { _link ??= new(); {|LCA3001:_link.Whisper("")|}; }
        }
        """));

    [Fact]
    public Task A_catalogue_can_say_that_a_type_is_no_connection() => Case.WithCatalogue(Unmarked(ByConvention), "T:PriceLink; not-a-connection").RunAsync();

    [Fact]
    public Task A_bad_line_is_told_and_the_others_count()
    {
        var test = Case.WithCatalogue("""
        class Gizmo
        {
            public event Action<Exception>? Trouble;
            public bool Fine { get; private set; }
            public void Begin() { Fine = true; Trouble?.Invoke(new IOException()); }
            public void Whisper(string text) => Console.WriteLine(text);
            public void Finish() => Fine = false;
        }

        class Desk
        {
            private Gizmo? _link;
            public void Use() { _link ??= new(); {|LCA3001:_link.Whisper("")|}; }
        }
        """, "T:Broken line; what\n" + """
        # ours
        T:Gizmo; connection
        M:Gizmo.Begin; open
        E:Gizmo.Trouble; error
        P:Gizmo.Fine; state; usable=true
        M:Gizmo.Whisper; send
        M:Gizmo.Finish; close
        """);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA0001").WithSpan("/0/mine.lifecycle.txt", 1, 1, 1, 20));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("Retrying = true", "_link ??= _maker.Make(); _link.Whisper(\"\")")]
    [InlineData("Retrying = false", "_link ??= _maker.Make(); {|LCA3001:_link.Whisper(\"\")|}")]
    [InlineData("Retrying = true", "_lazy ??= new(_maker.Make); _lazy.Value.Whisper(\"\")")]
    [InlineData("Retrying = false", "_lazy ??= new(_maker.Make); {|LCA3001:_lazy.Value.Whisper(\"\")|}")]
    [InlineData("Retrying = true", "_all.GetOrAdd(\"\", _ => _maker.Make()).Whisper(\"\")")]
    [InlineData("Retrying = false", "{|LCA3001:_all.GetOrAdd(\"\", _ => _maker.Make()).Whisper(\"\")|}")]
    public Task A_catalogue_can_say_what_switches_reconnecting_off(string setting, string use)
    {
        return Case.WithCatalogue($$"""
        class Gizmo
        {
            public void Begin() { }
            public void Whisper(string text) => Console.WriteLine(text);
            public void Finish() { }
        }

        class Maker { public bool Retrying { get; set; } public Gizmo Make() => new(); }

        class Desk
        {
            private readonly Maker _maker = new() { {{setting}} };
            private readonly ConcurrentDictionary<string, Gizmo> _all = new();
            private Gizmo? _link;
            private Lazy<Gizmo>? _lazy;
            public void Use() { {{use}}; Keep(); }
            private void Keep() => Console.WriteLine((_all, _link, _lazy));
        }
        """, """
        T:Gizmo; connection, reconnects; unless=Retrying
        M:Gizmo.Begin; open
        M:Gizmo.Whisper; send
        M:Gizmo.Finish; close
        """).RunAsync();
    }

    private static string Unmarked(string source) => source.Replace("{|LCA3001:", "").Replace("|}", "");
}
