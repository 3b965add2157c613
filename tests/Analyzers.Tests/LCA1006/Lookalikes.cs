namespace LifecycleAnalyzers.Tests.LCA1006;

/// <summary>Types and members that merely share a name with an accepted connection and its upstream.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("class Client { public void Close() { } public Task ConnectAsync(string to) => Task.CompletedTask; } class M { async Task HandleAsync(Client client) { var up = new Client(); await up.ConnectAsync(\"peer\"); client.Close(); } }")]
    [InlineData("class Guest { public void Close() { } } class Door { public Guest Accept() => new(); } class M { void Handle(Door door) { var guest = door.Accept(); File.OpenRead(\"x\").Dispose(); guest.Close(); } }")]
    [InlineData("class M { async Task CopyBothAsync(FileStream a, FileStream b, MemoryStream c) { await Task.WhenAll(a.CopyToAsync(c), b.CopyToAsync(c)); } }")]
    [InlineData("class M { async Task HandleAsync(Stream first) { using var second = File.OpenRead(\"x\"); await first.CopyToAsync(second); first.Close(); } }")]
    public Task An_own_type(string source) => Case.SilentAsync("namespace Own;\n" + source);
}
