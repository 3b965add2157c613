namespace LifecycleAnalyzers.Tests.LCA2003;

/// <summary>Other types' Connected says something else.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("public class Hub { public bool Connected => true; public void Send(string t) { } public void Close() { } }", "Hub")]
    [InlineData("public class TcpClient { public bool Connected => true; public void Send(string t) { } public void Close() { } }", "Mine.TcpClient")]
    public Task An_own_type(string type, string name) => Case.SilentAsync($$"""
        namespace Mine
        {
            {{type}}
            public class User
            {
                public void Run({{name}} it)
                {
                    while (it.Connected) it.Send("x");
                }
            }
        }
        """);
}
