namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>Types that merely share a name.</summary>
public class Lookalikes
{
    [Fact]
    public Task Of_ones_own() => Case.SilentAsync("namespace Own;\nclass WireClient { public Task SendAsync(string q) => Task.CompletedTask; public Task<string> ReceiveAsync() => Task.FromResult(\"\"); } class Desk { readonly List<WireClient> _all = new(); async Task AskAsync(WireClient c) { try { await c.SendAsync(\"\"); await c.ReceiveAsync(); } finally { _all.Add(c); } } }");
}
