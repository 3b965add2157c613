namespace LifecycleAnalyzers.Tests.LCA1008;

public class Lookalikes
{
    [Theory]
    [InlineData("class Puzzle { public Task ConnectAsync(CancellationToken stop = default) => Task.CompletedTask; }", "ConnectAsync")]
    [InlineData("class Drawer { public Task OpenAsync(CancellationToken stop = default) => Task.CompletedTask; public void Close() { } }", "OpenAsync")]
    [InlineData("class ShopUplink { public bool IsOpen => true; public Task OpenAsync(CancellationToken stop = default) => Task.CompletedTask; public void Send() { } public void Close() { } }", "OpenAsync")]
    public Task A_namesake(string type, string method) => Case.SilentAsync(type + $$"""

        class User
        {
            public async Task GoAsync() => await new {{type.Split(' ')[1]}}().{{method}}();
        }
        """);
}
