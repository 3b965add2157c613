namespace LifecycleAnalyzers.Tests.LCA4003;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class M { void A(Microsoft.AspNetCore.Http.HttpContext context) { _ = Task.Run(() => context. ); } }")]
    [InlineData("class M { void A(HttpContext context) { _ = Task.Run(() => context.Abort());")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
