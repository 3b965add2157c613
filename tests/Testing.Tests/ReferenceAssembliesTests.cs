namespace LifecycleAnalyzers.Testing.Tests;

public class ReferenceAssembliesTests
{
    private const string AspNet = "class C { Microsoft.AspNetCore.Http.HttpContext? H; System.Net.WebSockets.WebSocket? W; System.Threading.Lock? L; }";

    [Fact]
    public Task TheDefaultIsNet10WithAspNetCore() => RunAsync(AspNet, ReferenceAssemblies.Default);

    [Fact]
    public async Task Net8HasNeitherAspNetCoreNorLock()
    {
        await RunAsync("class C { System.Threading.Channels.Channel<int>? X; System.TimeProvider? T; }", ReferenceAssemblies.Net80);
        var message = await Failure.OfAsync(() => RunAsync(AspNet, ReferenceAssemblies.Net80));
        Assert.Contains("AspNetCore", message, StringComparison.Ordinal);
        Assert.Contains("'Lock'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetStandardIsOld()
    {
        await RunAsync("class C { System.Net.Sockets.Socket? S; }", ReferenceAssemblies.NetStandard20);
        Assert.Contains("CS0234", await Failure.OfAsync(() => RunAsync("class C { System.TimeProvider? T; }", ReferenceAssemblies.NetStandard20)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoneHasNotEvenAnObject() =>
        Assert.Contains("CS0518", await Failure.OfAsync(() => RunAsync("class C;", ReferenceAssemblies.None)), StringComparison.Ordinal);

    [Fact]
    public async Task AnAssemblyIsAddedByPathOrByItself()
    {
        const string Source = "class C { LifecycleAnalyzers.Testing.VerifierException? E; }";
        var assembly = typeof(VerifierException).Assembly;

        await RunAsync(Source, ReferenceAssemblies.Net100.AddAssemblies(assembly.Location));
        await new CSharpAnalyzerTest<CallAnalyzer> { TestCode = Source, TestState = { AdditionalReferences = { assembly.Location } } }.RunAsync(TestContext.Current.CancellationToken);
        await new CSharpAnalyzerTest<CallAnalyzer> { TestCode = Source, TestState = { AdditionalReferences = { assembly } } }.RunAsync(TestContext.Current.CancellationToken);
        Assert.Contains("CS0246", await Failure.OfAsync(() => RunAsync(Source, ReferenceAssemblies.Net100)), StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingPackIsNamed() =>
        Assert.Contains(
            "Microsoft.NETCore.App.Ref for net1.0 was not found",
            Assert.Throws<VerifierException>(() => TargetingPacks.Find("net1.0", [AppContext.BaseDirectory, null]).ToList()).Message,
            StringComparison.Ordinal);

    private static Task RunAsync(string source, ReferenceAssemblies references) =>
        new CSharpAnalyzerTest<CallAnalyzer> { TestCode = source, ReferenceAssemblies = references }.RunAsync(TestContext.Current.CancellationToken);
}
