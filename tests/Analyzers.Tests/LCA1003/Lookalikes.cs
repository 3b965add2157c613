namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>Types and members that merely share a name with a connection and its opening.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("class Socket : IDisposable { public void Connect(string to) { if (to == \"\") throw new IOException(); } public void Dispose() { } } class M { Socket Make() { var s = new Socket(); s.Connect(\"\"); return s; } }")]
    [InlineData("class TcpListener { public void Start() => throw new IOException(); } class M { TcpListener Make() { var s = new TcpListener(); s.Start(); return s; } }")]
    [InlineData("class PumpConnector { public void Open() => throw new IOException(); public void Close() { } } class M { PumpConnector Make() { var s = new PumpConnector(); s.Open(); return s; } }")]
    [InlineData("class M { FileStream Make() { var s = File.Open(\"x\", FileMode.Open); s.Seek(9, SeekOrigin.Begin); return s; } }")]
    [InlineData("class M { MemoryStream Make() { var s = new MemoryStream(); s.SetLength(9); return s; } }")]
    public Task An_own_type(string source) => Case.SilentAsync("namespace Own;\n" + source);
}
