namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>Types that merely share a name.</summary>
public class Lookalikes
{
    [Fact]
    public Task Of_ones_own() => Case.SilentAsync("namespace Own;\nclass ArrayPool { public byte[] Rent() => []; public void Return(byte[] b) { } } class Radio { public Task SendAsync(int[] b) => Task.CompletedTask; } class M { void A(Radio radio, ArrayPool pool) { var b = pool.Rent(); _ = radio.SendAsync([1]); pool.Return(b); } }");
}
