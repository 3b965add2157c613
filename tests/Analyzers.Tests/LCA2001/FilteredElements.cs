namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>Who is closed has been sorted out before the loop that sends: by a query, by a helper, by an iterator.</summary>
public class FilteredElements
{
    private static string Room(string body) => $$"""
        class Room
        {
            private readonly List<WireClient> _all = [];
            private readonly object _sync = new();
            private readonly Func<WireClient, bool> _isUp = static c => c.State == WireState.Open;
            private readonly Func<WireClient, bool> _isNamed = static c => c.Address != "";

            public Room(WireClient door) => door.Received += OnReceived;

            private void OnReceived(object? sender, string text) { {{body}} }

            private IEnumerable<WireClient> Live() { foreach (var c in _all) if (c.IsOpen) yield return c; }
            private IEnumerable<WireClient> LiveOrFirst() { yield return _all[0]; foreach (var c in _all) if (c.IsOpen) yield return c; }
            private IEnumerable<WireClient> Dead() { foreach (var c in _all) if (!c.IsOpen) yield return c; }
            private IEnumerable<WireClient> Usable => _all.Where(c => c.IsOpen);
            private IEnumerable<WireClient> Named => _all.Where(c => c.Address.Length > 0);
            private List<WireClient> Snapshot() { lock (_sync) return _all.Where(c => !c.IsClosed).ToList(); }
            private List<WireClient> All() { lock (_sync) return _all.ToList(); }
            private IEnumerable<WireClient> Inner() => Live().OrderBy(c => c.Address);
        }
        """;

    [Theory]
    [InlineData("foreach (var c in Live()) c.Send(text);")]
    [InlineData("foreach (var c in Usable) c.Send(text);")]
    [InlineData("foreach (var c in Snapshot()) c.Send(text);")]
    [InlineData("foreach (var c in Inner()) c.Send(text);")]
    [InlineData("foreach (var c in Usable.Where(c => c.Address != \"\").ToArray()) c.Send(text);")]
    [InlineData("using var each = Live().GetEnumerator(); while (each.MoveNext()) each.Current.Send(text);")]
    [InlineData("List<WireClient> live = [.. _all.Where(c => c.IsOpen)]; foreach (var c in live) c.Send(text);")]
    [InlineData("foreach (var c in _all.Where(_isUp).ToList()) c.Send(text);")]
    public Task By_their_state(string body) => Case.SilentAsync(Room(body));

    [Theory]
    [InlineData("foreach (var c in LiveOrFirst()) {|LCA2001:c.Send(text)|};")]
    [InlineData("foreach (var c in Dead()) {|LCA2001:c.Send(text)|};")]
    [InlineData("foreach (var c in Named) {|LCA2001:c.Send(text)|};")]
    [InlineData("foreach (var c in All()) {|LCA2001:c.Send(text)|};")]
    [InlineData("List<WireClient> live = [.. _all.Where(c => c.Address != \"\")]; foreach (var c in live) {|LCA2001:c.Send(text)|};")]
    [InlineData("foreach (var c in _all.Where(_isNamed)) {|LCA2001:c.Send(text)|};")]
    public Task By_something_else_or_not_all(string body) => Case.HoldsAsync(Room(body));
}
