namespace LifecycleAnalyzers.Tests.LCA2005;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class F { WireClient _c = new(); void A() { try { _c.Send( } catch } }")]
    [InlineData("class F { WireClient _c = new(); void A() { try { _c.Send(\"\"); } catch (")]
    [InlineData("class F { Missing _c; void A() { try { _c.Send(\"\"); } catch { } } }")]
    [InlineData("class F { void A() { try { } catch { ")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
