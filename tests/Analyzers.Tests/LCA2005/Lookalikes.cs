namespace LifecycleAnalyzers.Tests.LCA2005;

/// <summary>What is written to no peer.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("MemoryStream target", "target.Write(data, 0, 1)")]
    [InlineData("FileStream target", "target.Write(data, 0, 1)")]
    [InlineData("StreamWriter target", "target.Write('x')")]
    [InlineData("Stream target", "target.Write(data, 0, 1)")]
    [InlineData("Stream logStream", "logStream.Write(data, 0, 1)")]
    [InlineData("Shop target", "target.Send(data)")]
    [InlineData("HttpClient target", "_ = target.GetAsync(\"x\").Result")]
    public Task Is_left_alone(string parameter, string call) => Case.SilentAsync($$"""
        class Shop { public void Send(byte[] b) { } }

        class Feed
        {
            public void Say({{parameter}}, byte[] data) { try { {{call}}; } catch { } Console.WriteLine(data); }
        }
        """);
}
