using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

public class SmallMapTests
{
    private static readonly SmallMap<string, int> _empty = SmallMap<string, int>.Empty;

    [Fact]
    public void A_map_is_never_changed()
    {
        var one = _empty.Set("a", 1);
        var two = one.Set("b", 2);
        Assert.Equal(0, _empty.Count);
        Assert.Equal(1, one.Count);
        Assert.False(one.ContainsKey("b"));
        Assert.True(two.TryGet("b", out var b) && b == 2);
        Assert.Equal(1, two.Set("a", 5).Remove("b").Count);
        Assert.True(two.TryGet("a", out var a) && a == 1);
    }

    [Fact]
    public void What_changes_nothing_gives_the_same_map()
    {
        var map = _empty.Set("a", 1).Set("b", 2);
        Assert.Same(map, map.Set("a", 1));
        Assert.Same(map, map.Remove("c"));
        Assert.Same(map, map.Select((_, value) => (true, value)));
        Assert.Same(_empty, map.Select((_, value) => (false, value)));
        Assert.Same(_empty, _empty.Set("a", 1).Remove("a"));
    }

    [Fact]
    public void Selecting_keeps_and_changes()
    {
        var map = _empty.Set("a", 1).Set("b", 2).Set("c", 3).Select((key, value) => (key != "b", value * 10));
        Assert.Equal(["a=10", "c=30"], map.AsEnumerable().Select(e => e.Key + "=" + e.Value));
    }

    [Fact]
    public void The_order_of_insertion_does_not_matter_to_equality()
    {
        var ab = _empty.Set("a", 1).Set("b", 2);
        var ba = _empty.Set("b", 2).Set("a", 1);
        Assert.Equal(ab, ba);
        Assert.Equal(ab.GetHashCode(), ba.GetHashCode());
        Assert.NotEqual(ab, ba.Set("a", 3));
        Assert.NotEqual(ab, ba.Remove("a"));
        Assert.False(ab.Equals(null));
        Assert.NotEqual(_empty.Set("a", 1), _empty.Set("b", 1));
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.False(_empty.TryGet("a", out var value));
        Assert.Equal(0, value);
        Assert.Empty(_empty);
    }
}
