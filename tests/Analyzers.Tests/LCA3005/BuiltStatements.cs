namespace LifecycleAnalyzers.Tests.LCA3005;

/// <summary>A statement that is put together begins with what it does.</summary>
public class BuiltStatements
{
    private static string Listener(string text) => $$"""
        using System.Data.Common;
        using System.Text;

        class Listener(DbConnection connection, List<string> channels)
        {
            private const string Verb = "LISTEN ";

            public async Task RenewAsync()
            {
                while (true)
                {
                    try { {|LCA3005:await RenewOnceAsync()|}; return; }
                    catch (DbException) { await Task.Delay(1000); }
                }
            }

            private async Task RenewOnceAsync() { if (channels.Count > 0) await RunAsync({{text}}); }

            private async Task RunAsync(string sql)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync();
            }

            private static string Build(string verb, IEnumerable<string> names)
            {
                var sb = new StringBuilder();
                foreach (var name in names) sb.Append("LISTEN ").Append(name).Append(';');
                return sb.ToString();
            }

            private static string BuildRows(IEnumerable<string> names)
            {
                var sb = new StringBuilder();
                foreach (var name in names) sb.Append("INSERT INTO heard VALUES ('").Append(name).Append("');");
                return sb.ToString();
            }
        }
        """;

    [Theory]
    [InlineData("Build(\"\", channels)")]
    [InlineData("$\"LISTEN {channels[0]}\"")]
    [InlineData("\"listen \" + channels[0]")]
    [InlineData("Verb + channels[0]")]
    [InlineData("channels.Count > 1 ? \"set search_path = wide\" : \"set search_path = narrow\"")]
    public Task A_setting(string text) => Case.SilentAsync(Listener(text).Replace("{|LCA3005:await RenewOnceAsync()|}", "await RenewOnceAsync()", StringComparison.Ordinal));

    [Theory]
    [InlineData("BuildRows(channels)")]
    [InlineData("$\"{channels[0]} LISTEN\"")]
    [InlineData("\"insert into heard values ('\" + channels[0] + \"')\"")]
    [InlineData("channels.Count > 1 ? \"set search_path = wide\" : \"insert into heard values (1)\"")]
    [InlineData("channels[0]")]
    public Task A_change(string text) => Case.HoldsAsync(Listener(text).Replace("{|LCA3005:await RenewOnceAsync()|}", "await {|LCA3005:RenewOnceAsync()|}", StringComparison.Ordinal));
}
