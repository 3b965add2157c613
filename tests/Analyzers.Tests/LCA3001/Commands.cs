namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A command is used on the connection that it was made from, made with or given.</summary>
public class Commands
{
    private static string Rows(string body) => $$"""
        using System.Data;
        using System.Data.Common;

        class Rows(Func<int, DbConnection> open)
        {
            private readonly ConcurrentDictionary<int, DbConnection> _each = new();
            private readonly Dictionary<int, DbConnection> _plain = [];
            private DbConnection? _one;

            public int Count(int key) { {{body}} }
        }
        """;

    [Theory]
    [InlineData("var c = _each.GetOrAdd(key, open); using var command = c.CreateCommand(); return {|LCA3001:command.ExecuteNonQuery()|};")]
    [InlineData("return {|LCA3001:_each[key].CreateCommand().ExecuteNonQuery()|};")]
    [InlineData("if (!_plain.TryGetValue(key, out var c)) _plain[key] = c = open(key); DbCommand command = c.CreateCommand(); return {|LCA3001:command.ExecuteNonQuery()|};")]
    [InlineData("_one ??= open(key); var command = open(key).CreateCommand(); command.Connection = _one; return {|LCA3001:command.ExecuteNonQuery()|};")]
    public Task Kept(string body) => Case.HoldsAsync(Rows(body));

    [Theory]
    // Asked, bit by bit or whole
    [InlineData("_one ??= open(key); if ((_one.State & ConnectionState.Open) == 0) _one.Open(); return _one.CreateCommand().ExecuteNonQuery();")]
    [InlineData("_one ??= open(key); if (0 != (_one.State & ConnectionState.Open)) return _one.CreateCommand().ExecuteNonQuery(); return 0;")]
    [InlineData("_one ??= open(key); if ((ConnectionState.Open & _one.State) != ConnectionState.Open) _one.Open(); return _one.CreateCommand().ExecuteNonQuery();")]
    [InlineData("_one ??= open(key); if (!_one.State.HasFlag(ConnectionState.Open)) _one.Open(); return _one.CreateCommand().ExecuteNonQuery();")]
    [InlineData("var c = _each.GetOrAdd(key, open); if (c.State != ConnectionState.Open) c.Open(); using var command = c.CreateCommand(); return command.ExecuteNonQuery();")]
    // Not kept
    [InlineData("using var c = open(key); var command = c.CreateCommand(); return command.ExecuteNonQuery();")]
    [InlineData("var command = _one!.CreateCommand(); command.Connection = open(key); return command.ExecuteNonQuery();")]
    public Task Asked_or_not_kept(string body) => Case.SilentAsync(Rows(body));
}
