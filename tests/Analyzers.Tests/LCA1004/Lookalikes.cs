namespace LifecycleAnalyzers.Tests.LCA1004;

public class Lookalikes
{
    [Theory]
    [InlineData("class ShopSession { public Task SendAsync() => Task.CompletedTask; public void Close() { } }", "SendAsync")]
    [InlineData("class Puzzle { public Task ConnectAsync() => Task.CompletedTask; }", "ConnectAsync")]
    [InlineData("class Scanner { public async Task ReceiveAsync() => await File.ReadAllBytesAsync(\"x\"); }", "ReceiveAsync")]
    public Task A_namesake(string type, string method) => Case.SilentAsync(type + $$"""

        class User
        {
            private readonly {{type.Split(' ')[1]}} _it = new();
            public void Go() { _ = _it.{{method}}(); _it.{{method}}(); Task.Run(() => _it.{{method}}()); }
        }
        """);
}
