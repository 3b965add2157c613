namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>Counts of other things, and members that merely share a name.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("class M { private int _retries; void Next(System.Net.Sockets.Socket s) { _retries++; s.Send(new byte[1]); _retries--; } }")]
    [InlineData("class M { private int _active; void Next(string text) { _active++; Console.WriteLine(text); _active--; } }")]
    [InlineData("class M { private readonly SemaphoreSlim _gate = new(1); async Task Next(System.Net.Sockets.Socket s) { await _gate.WaitAsync(); await s.SendAsync(new byte[1], default(CancellationToken)); _gate.Release(); } }")]
    [InlineData("class Bag { public void Add(string s) { } public void Remove(string s) { } } class M { private readonly Bag _clients = new(); void Next(System.Net.Sockets.Socket s) { _clients.Add(\"\"); s.Send(new byte[1]); _clients.Remove(\"\"); } }")]
    [InlineData("class M { private int _bytes; void Next(System.Net.Sockets.Socket s) { _bytes++; s.Send(new byte[1]); } }")]
    [InlineData("class M { private readonly Dictionary<int, TaskCompletionSource<string>> _sessions = []; async Task<string> Ask(int id, System.Net.Sockets.Socket s) { var answer = new TaskCompletionSource<string>(); _sessions.Add(id, answer); s.Send(new byte[1]); var told = await answer.Task; _sessions.Remove(id); return told; } }")]
    public Task An_own_type(string source) => Case.SilentAsync("namespace Own;\n" + source);
}
