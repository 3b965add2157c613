using System.Text.RegularExpressions;
using LifecycleAnalyzers.Samples.Counters;

namespace LifecycleAnalyzers.Samples.Tests;

public sealed partial class CountersTests
{
    [Fact]
    public async Task The_table_shows_what_has_happened()
    {
        using var view = new CountersView();
        using var table = new StringWriter();
        await Traffic.RoundAsync(view, () => view.Write(table)).Soon();

        var text = table.ToString().ReplaceLineEndings("\n");
        Shows("lifecycle.connections.current ({connection})", "lifecycle.tracker.name=server,lifecycle.connection.state=open 1");
        Shows("lifecycle.pool.connections ({connection})", "lifecycle.pool.name=clients,lifecycle.pool.state=used 1");
        Shows("lifecycle.pool.closed ({connection})", "lifecycle.pool.name=clients,lifecycle.pool.close_reason=incomplete 8");
        Shows("lifecycle.gate.refusals ({send})", "lifecycle.gate.name=orders,lifecycle.gate.reason=full 4");
        Shows("lifecycle.gate.wait.duration (s)", "lifecycle.gate.name=orders p50 ");
        Shows("lifecycle.connection.duration (s)", "lifecycle.tracker.name=server,lifecycle.connection.state=closed p50 ");
        Shows("lifecycle.session.create.duration (s)", "lifecycle.cache.name=backup,error.type=connection_refused p50 ");
        Shows("events", "11 SessionCreationFailed: backup: creating a session for the slot failed 1");
        Shows("events", "1 TaskFailed: Asking the backup failed 1");

        void Shows(string title, string row)
        {
            var group = Regex.Match(text, $"^{Regex.Escape(title)}\n((?: .*\n?)*)", RegexOptions.Multiline);
            Assert.True(group.Success, $"{title} is missing in\n{text}");
            Assert.Contains(row, Spaces().Replace(group.Groups[1].Value, " "), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Each_table_counts_anew()
    {
        using var view = new CountersView();
        await Traffic.RoundAsync(view, () => view.Write(TextWriter.Null)).Soon();
        using var table = new StringWriter();
        view.Write(table);
        Assert.Contains("lifecycle.gate.name=orders,lifecycle.gate.reason=full 0", Spaces().Replace(table.ToString(), " "), StringComparison.Ordinal);
    }

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
