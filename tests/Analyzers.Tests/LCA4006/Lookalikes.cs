namespace LifecycleAnalyzers.Tests.LCA4006;

/// <summary>Writes and reads that go to no connection.</summary>
public class Lookalikes
{
    [Fact]
    public Task A_file_and_memory() => Case.SilentAsync("""
        class Journal
        {
            private readonly FileStream _file = File.Create("x");
            private readonly MemoryStream _memory = new();
            public async Task<int> TurnAsync(byte[] bytes) { await _file.WriteAsync(bytes); _file.Position = 0; return await _file.ReadAsync(bytes); }
            public async Task<int> TurnMemoryAsync(byte[] bytes) { await _memory.WriteAsync(bytes); _memory.Position = 0; return await _memory.ReadAsync(bytes); }
        }

        class Store
        {
            private readonly Dictionary<string, string> _values = new();
            public async Task<string> TurnAsync(string key) { await SendAsync(key); return await ReceiveAsync(key); }
            private Task SendAsync(string key) { _values[key] = key; return Task.CompletedTask; }
            private Task<string> ReceiveAsync(string key) => Task.FromResult(_values[key]);
        }
        """);
}
