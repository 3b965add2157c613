namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A variable that is what was kept where that is usable, and a fresh one where it is not.</summary>
public class KeptOrFresh
{
    private static string Holder(string body) => $$"""
        class Holder(Func<string, IWireSession> open)
        {
            private readonly Dictionary<string, IWireSession> _kept = [];
            private readonly object _sync = new();
            public async Task Use(string key) { await Task.CompletedTask; {{body}} }
        }
        """;

    [Theory]
    [InlineData("_kept.TryGetValue(key, out var kept); var s = kept is { IsOpen: true } ? kept : open(key); s.Send(key);")]
    [InlineData("_kept.TryGetValue(key, out var kept); var s = kept?.IsOpen == true ? kept : open(key); s.Send(key);")]
    [InlineData("var s = _kept.TryGetValue(key, out var kept) && kept.IsOpen ? kept : open(key); s.Send(key);")]
    [InlineData("var kept = _kept[key]; IWireSession s; if (kept.IsOpen) s = kept; else s = open(key); s.Send(key);")]
    [InlineData("IWireSession s; lock (_sync) { _kept.TryGetValue(key, out var kept); s = kept is { IsOpen: true } ? kept : _kept[key] = open(key); } lock (s) s.Send(key);")]
    [InlineData("IWireSession s; if (_kept.TryGetValue(key, out var kept) && kept.IsOpen) s = kept; else { s = open(key); _kept[key] = s; } s.Send(key);")]
    public Task The_kept_one_was_asked(string body) => Case.SilentAsync(Holder(body));

    [Theory]
    [InlineData("_kept.TryGetValue(key, out var kept); var s = kept ?? open(key); {|LCA3001:s.Send(key)|};")]
    [InlineData("var kept = _kept[key]; var s = key.Length > 0 ? kept : open(key); {|LCA3001:s.Send(key)|};")]
    [InlineData("var kept = _kept[key]; var s = kept.IsOpen ? open(key) : kept; {|LCA3001:s.Send(key)|};")]
    [InlineData("var kept = _kept[key]; var s = kept.IsOpen ? kept : open(key); await Task.Delay(9); {|LCA3001:s.Send(key)|};")]
    [InlineData("var kept = _kept[key]; var s = kept.IsOpen ? kept : open(key); await {|LCA3001:s.SendAsync(await Task.FromResult(key))|};")]
    public Task The_kept_one_was_not_or_is_no_longer(string body) => Case.HoldsAsync(Holder(body));

    [Theory]
    [InlineData("var s = _kept[key]; if (!s.IsOpen) { _kept.Remove(key); s = _kept[key]; } s.Send(key);")]
    public Task What_is_under_a_key_after_a_removal_was_put_there_since(string body) => Case.SilentAsync(Holder(body));
}
