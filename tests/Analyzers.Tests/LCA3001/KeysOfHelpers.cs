namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A helper looks up by a key that it is given: who gives it the same key again gets the same session.</summary>
public class KeysOfHelpers
{
    private static string Desk(string use) => $$"""
        class Desk(Func<string, IWireSession> open)
        {
            private readonly Dictionary<string, IWireSession> _kept = [];
            private readonly ConcurrentDictionary<string, IWireSession> _shared = [];
            private readonly object _sync = new();
            private IWireSession? Find(string name) { _kept.TryGetValue(name, out var found); return found; }
            private bool IsAlive(string name) => _kept.TryGetValue(name, out var found) && found.IsOpen;
            private void Put(string name, IWireSession session) => _kept[name] = session;
            private void Ensure(string name) { if (!_kept.TryGetValue(name, out var found) || !found.IsOpen) _kept[name] = open(name); }
            private void Sort(string name) { if (_shared.TryGetValue(name, out var found) && !found.IsOpen) _shared.TryRemove(name, out _); }
            private IWireSession Resolve(string name)
            {
                var found = Find(name);
                if (found is null || !found.IsOpen)
                {
                    lock (_sync)
                    {
                        found = Find(name);
                        if (found?.IsOpen == false) { _kept.Remove(name); found = null; }
                        if (found is null) _kept.Add(name, open(name));
                    }
                }
                return Find(name)!;
            }
            public void Use(string key, string other) { {{use}} }
        }
        """;

    [Theory]
    [InlineData("Resolve(key).Send(key);")]
    [InlineData("Ensure(key); _kept[key].Send(key);")]
    [InlineData("Ensure(key); Find(key)!.Send(key);")]
    [InlineData("Ensure(\"one\"); _kept[\"one\"].Send(key);")]
    [InlineData("Ensure(name: key); var s = _kept[key]; s.Send(key);")]
    [InlineData("if (!IsAlive(key)) _kept[key] = open(key); _kept[key].Send(key);")]
    [InlineData("if (!IsAlive(key)) Put(key, open(key)); _kept[key].Send(key);")]
    [InlineData("var s = Find(key); if (s is null || !s.IsOpen) Put(key, open(key)); Find(key)!.Send(key);")]
    [InlineData("Sort(key); _shared.GetOrAdd(key, open).Send(key);")]
    public Task The_same_key_is_the_same_session(string use) => Case.SilentAsync(Desk(use));

    [Theory]
    [InlineData("Ensure(other); {|LCA3001:_kept[key].Send(key)|};")]
    [InlineData("Ensure(key + other); {|LCA3001:_kept[key].Send(key)|};")]
    [InlineData("Ensure(name: other); var s = _kept[key]; {|LCA3001:s.Send(key)|};")]
    [InlineData("if (!IsAlive(other)) _kept[key] = open(key); {|LCA3001:_kept[key].Send(key)|};")]
    [InlineData("var s = Find(key); if (s is null) Put(key, open(key)); {|LCA3001:Find(key)!.Send(key)|};")]
    [InlineData("Sort(other); {|LCA3001:_shared.GetOrAdd(key, open).Send(key)|};")]
    public Task Another_key_is_another(string use) => Case.HoldsAsync(Desk(use));

    /// <summary>The last function of <c>AddOrUpdate</c> sees what was kept.</summary>
    [Theory]
    [InlineData("_shared.AddOrUpdate(key, open, (k, kept) => kept.IsOpen ? kept : open(k)).Send(key);")]
    [InlineData("var s = _shared.AddOrUpdate(key, open, (k, kept) => { if (kept.IsOpen) return kept; kept.Dispose(); return open(k); }); s.Send(key);")]
    public Task What_is_kept_is_asked_as_it_is_updated(string use) => Case.SilentAsync(Desk(use));

    [Theory]
    [InlineData("{|LCA3001:_shared.AddOrUpdate(key, open, (_, kept) => kept).Send(key)|};")]
    [InlineData("{|LCA3001:_shared.AddOrUpdate(key, open, (_, kept) => kept.IsOpen ? open(other) : kept).Send(key)|};")]
    public Task What_is_kept_is_not_asked(string use) => Case.HoldsAsync(Desk(use));

    private static string Lazily(string use) => $$"""
        class Desk
        {
            private Lazy<WireClient> _lazy = new(() => new WireClient(""), System.Threading.LazyThreadSafetyMode.PublicationOnly);
            public void Use() { {{use}} }
        }
        """;

    /// <summary>Until it is made there is none that could have died.</summary>
    [Theory]
    [InlineData("if (_lazy.IsValueCreated && !_lazy.Value.IsOpen) _lazy = new(() => new WireClient(\"\")); _lazy.Value.Send(\"\");")]
    [InlineData("if (_lazy.IsValueCreated) { if (!_lazy.Value.IsOpen) return; } _lazy.Value.Send(\"\");")]
    public Task A_lazy_one_is_asked_once_it_is_made(string use) => Case.SilentAsync(Lazily(use));

    [Theory]
    [InlineData("if (_lazy.IsValueCreated) {|LCA3001:_lazy.Value.Send(\"\")|};")]
    public Task A_lazy_one_is_made_and_not_asked(string use) => Case.HoldsAsync(Lazily(use));
}
