using LifecycleAnalyzers.CodeFixes.Sending;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Sending.LCA2003AskTheSocketFix>;

namespace LifecycleAnalyzers.Tests.LCA2003;

/// <summary>The socket itself is asked.</summary>
public class Fixes
{
    private static string Of(string body, bool isFixed = false) => (isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "") + "\n" + Reports.Link(body);

    [Theory]
    [InlineData("while (_client.{|LCA2003:Connected|}) { await Task.Delay(5); } /* until it ends */", "while (_client.IsAlive(allowUnreadData: true)) { await Task.Delay(5); } /* until it ends */")]
    [InlineData("if (_socket.{|LCA2003:Connected|}) _socket.Send(data);", "if (_socket.IsAlive(allowUnreadData: true)) _socket.Send(data);")]
    [InlineData("if (_client?.{|LCA2003:Connected|} == true) _client.GetStream().Write(data);", "if (_client?.IsAlive(allowUnreadData: true) == true) _client.GetStream().Write(data);")]
    [InlineData("if (!_client.{|LCA2003:Connected|}) _client = new TcpClient(\"a\", 1);", "if (!_client.IsAlive()) _client = new TcpClient(\"a\", 1);")]
    public Task It_asks_the_socket(string body, string becomes) => Fix.BecomesAsync(Of(body), Of(becomes, isFixed: true));

    [Theory]
    [InlineData("if (_client is { {|LCA2003:Connected|}: true }) _client.GetStream().Write(data);", "if (_client is not null && _client.IsAlive(allowUnreadData: true)) _client.GetStream().Write(data);")]
    [InlineData("if (_client is not { {|LCA2003:Connected|}: true }) return;\n        _client.GetStream().Write(data);", "if (_client is null || !_client.IsAlive(allowUnreadData: true)) return;\n        _client.GetStream().Write(data);")]
    [InlineData("if (data.Length == 0 || _client is { {|LCA2003:Connected|}: true }) _client.GetStream().Write(data);", "if (data.Length == 0 || (_client is not null && _client.IsAlive(allowUnreadData: true))) _client.GetStream().Write(data);")]
    public Task A_pattern_is_written_out(string body, string becomes) => Fix.BecomesAsync(Of(body), Of(becomes, isFixed: true));

    [Theory]
    [InlineData("if (_client is { {|LCA2003:Connected|}: true } client) client.GetStream().Write(data);")]
    [InlineData("if (_client is { Client.{|LCA2003:Connected|}: true }) _client.GetStream().Write(data);")]
    public Task A_pattern_that_gives_a_name_or_goes_through_a_part_has_no_place_for_a_call(string use) => Fix.StaysAsync(Of(use));

    [Fact]
    public Task Nothing_is_offered_without_the_runtime_package()
    {
        var source = Of("if (_socket.{|LCA2003:Connected|}) _socket.Send(data);");
        return FixCase<LCA2003AskTheSocketFix>.Of(source, source, runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }
}
