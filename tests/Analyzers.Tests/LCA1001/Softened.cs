using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>A watcher whose error nobody hears misses news of files, no connection: a suggestion.</summary>
public class Softened
{
    private const string Watcher = "class Notes { private FileSystemWatcher? _watcher; public void Start() { _watcher = new FileSystemWatcher(\"x\"); {|#0:_watcher.EnableRaisingEvents = true|}; } }";

    private const string Desk = "class Notes { private WireClient? _client; public void Start() { _client = new WireClient(); {|#0:_client.Open()|}; } }";

    [Fact]
    public Task It_is_a_suggestion() => TellsAsync(Watcher, DiagnosticSeverity.Info);

    [Fact]
    public Task It_is_a_warning() => TellsAsync(Desk, DiagnosticSeverity.Warning);

    private static Task TellsAsync(string source, DiagnosticSeverity severity) =>
        Case.HoldsAsync(source, Case.Diagnostic("LCA1001").WithLocation(0).WithSeverity(severity));
}
