namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class M { async Task A(Socket s) { var b = ArrayPool<byte>.Shared.Rent(1); _ = s.SendAsync(b; ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("class M { void A() { var b = ArrayPool<byte>.Shared.Rent(1); ArrayPool<byte>.Shared.Return( } }")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
