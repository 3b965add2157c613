namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>Who is closed has been sorted out before the loop that sends: by a query, by a helper, by an iterator.</summary>
public class FilteredElements
{
    private static string Room(string body) => $$"""
        class Room
        {
            private readonly List<WireClient> _all = [];
            private readonly ConcurrentDictionary<string, WireClient> _named = new();
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
            private bool AllUp => _all.All(c => c.IsOpen);
            private List<WireClient> Gathered() { var live = new List<WireClient>(_all.Count); lock (_sync) { foreach (var (_, c) in _named) { if (c.IsOpen) live.Add(c); } } return live; }
            private void More(List<WireClient> list) => list.Add(_all[0]);
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

    [Theory]
    [InlineData("foreach (var c in from c in _all where c.IsOpen select c) c.Send(text);")]
    [InlineData("foreach (var c in from c in _all where c.IsOpen && c.Address != \"\" orderby c.Address select c) c.Send(text);")]
    [InlineData("var live = (from c in _all where c.State == WireState.Open select c).ToList(); foreach (var c in live) c.Send(text);")]
    public Task By_a_query_expression(string body) => Case.SilentAsync(Room(body));

    [Theory]
    [InlineData("foreach (var c in from c in _all where c.Address != \"\" select c) {|LCA2001:c.Send(text)|};")]
    [InlineData("foreach (var c in from c in _all where !c.IsOpen select c) {|LCA2001:c.Send(text)|};")]
    public Task By_a_query_expression_that_asks_something_else(string body) => Case.HoldsAsync(Room(body));

    [Theory]
    [InlineData("var live = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); foreach (var c in live) c.Send(text);")]
    [InlineData("List<WireClient> live = []; lock (_sync) { foreach (var c in _all) { if (c.State != WireState.Open) continue; live.Add(c); } } foreach (var c in live) c.Send(text);")]
    [InlineData("var live = new HashSet<WireClient>(); foreach (var c in _all) if (c is { IsOpen: true }) live.Add(c); foreach (var c in live.ToArray()) c.Send(text);")]
    [InlineData("var live = new List<WireClient>(); var dead = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); else dead.Add(c); foreach (var c in live) c.Send(text);")]
    [InlineData("foreach (var c in Gathered()) c.Send(text);")]
    public Task By_hand(string body) => Case.SilentAsync(Room(body));

    [Theory]
    [InlineData("var live = new List<WireClient>(); foreach (var c in _all) if (c.Address != \"\") live.Add(c); foreach (var c in live) {|LCA2001:c.Send(text)|};")]
    [InlineData("var live = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); live.Add(_all[0]); foreach (var c in live) {|LCA2001:c.Send(text)|};")]
    [InlineData("var live = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); live.AddRange(_all); foreach (var c in live) {|LCA2001:c.Send(text)|};")]
    [InlineData("var live = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); More(live); foreach (var c in live) {|LCA2001:c.Send(text)|};")]
    [InlineData("var live = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); _all.ForEach(c => live.Add(c)); foreach (var c in live) {|LCA2001:c.Send(text)|};")]
    [InlineData("var live = new List<WireClient>(); var dead = new List<WireClient>(); foreach (var c in _all) if (c.IsOpen) live.Add(c); else dead.Add(c); foreach (var c in dead) {|LCA2001:c.Send(text)|};")]
    public Task By_hand_and_not_all_by_their_state(string body) => Case.HoldsAsync(Room(body));

    [Theory]
    [InlineData("if (!_all.All(c => c.IsOpen)) return; foreach (var c in _all) c.Send(text);")]
    [InlineData("lock (_sync) if (_all.Any(c => !c.IsOpen)) return; foreach (var c in _all) c.Send(text);")]
    [InlineData("if (AllUp) foreach (var c in _all) c.Send(text);")]
    [InlineData("var now = _all.ToArray(); if (Array.TrueForAll(now, c => c.State == WireState.Open)) foreach (var c in now) c.Send(text);")]
    [InlineData("if (_named.Values.All(c => c.IsOpen)) foreach (var c in _named.Values) c.Send(text);")]
    [InlineData("if (_named.Any(p => !p.Value.IsOpen)) return; foreach (var (_, c) in _named) c.Send(text); foreach (var p in _named) p.Value.Send(text);")]
    [InlineData("_all.RemoveAll(c => !c.IsOpen); foreach (var c in _all) c.Send(text);")]
    [InlineData("lock (_sync) _all.RemoveAll(c => !c.IsOpen); foreach (var c in _all.ToArray()) c.Send(text);")]
    public Task All_were_asked_before(string body) => Case.SilentAsync(Room(body));

    [Theory]
    [InlineData("if (!_all.Any(c => c.IsOpen)) return; foreach (var c in _all) {|LCA2001:c.Send(text)|};")]
    [InlineData("if (_all.All(c => c.IsOpen)) return; foreach (var c in _all) {|LCA2001:c.Send(text)|};")]
    [InlineData("if (_all.All(c => c.Address != \"\")) foreach (var c in _all) {|LCA2001:c.Send(text)|};")]
    [InlineData("if (_all.All(c => c.IsOpen)) foreach (var c in _named.Values) {|LCA2001:c.Send(text)|};")]
    [InlineData("_all.RemoveAll(c => c.IsOpen); foreach (var c in _all) {|LCA2001:c.Send(text)|};")]
    public Task Only_some_or_others_or_something_else(string body) => Case.HoldsAsync(Room(body));

    [Fact]
    public Task The_sender_is_open_and_the_others_need_not_be() => Case.HoldsAsync("""
        abstract class LinkBase
        {
            public WireState State { get; protected set; } = WireState.Open;
            public bool IsReady => State == WireState.Open;
            public event EventHandler<string>? Said;
            public void Say(string text) => Said?.Invoke(this, text);
            public abstract void Send(string text);
        }

        class TelnetLink(TextWriter writer) : LinkBase
        {
            public override void Send(string text) { if (State != WireState.Open) throw new InvalidOperationException(); writer.WriteLine(text); }
            public void Close() => State = WireState.Closed;
        }

        class Party
        {
            private readonly List<LinkBase> _all = [];
            public void Join(LinkBase guest) { _all.Add(guest); guest.Said += OnSaid; }

            private void OnSaid(object? sender, string text)
            {
                if (sender is not LinkBase { IsReady: true } from) return;
                from.Send("ok");
                foreach (var guest in _all) if (guest != from) {|LCA2001:guest.Send(text)|};
            }
        }
        """);
}
