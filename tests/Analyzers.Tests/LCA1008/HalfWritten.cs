namespace LifecycleAnalyzers.Tests.LCA1008;

public class HalfWritten
{
    [Theory]
    [InlineData("public async Task GoAsync() { await _client.ConnectAsync(")]
    [InlineData("public async Task GoAsync() { await _client.ConnectAsync(\"\", missing); }")]
    [InlineData("public async Task GoAsync() { await _missing.ConnectAsync(\"\", 1); }")]
    [InlineData("public Task GoAsync() => _client.ConnectAsync(, 1);")]
    public Task It_is_left_alone(string member) => Case.Broken($$"""class Dialler { private readonly TcpClient _client = new(); {{member}}""").RunAsync();
}
