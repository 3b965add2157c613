namespace LifecycleAnalyzers.Testing.Tests;

public class TextDifferenceTests
{
    [Fact]
    public void ChangedLinesAreMarkedAndFarOnesLeftOut() =>
        Assert.Equal(
            "  …\n  2\n  3\n  4\n- 5\n+ five\n  6\n  7\n  8\n",
            TextDifference.Describe("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\nfive\n6\n7\n8\n9"));

    [Fact]
    public void ALineThatCameOrWentIsOneLine()
    {
        Assert.Equal("  a\n+ b\n  c\n", TextDifference.Describe("a\nc", "a\nb\nc"));
        Assert.Equal("  a\n- b\n  c\n", TextDifference.Describe("a\nb\nc", "a\nc"));
    }

    [Fact]
    public void WhiteSpaceIsShownWhenNothingElseDiffers() =>
        Assert.Equal("- ··a\n+ →a␍\n", TextDifference.Describe("  a", "\ta\r"));
}
