namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A helper that asks and opens another may still give up: who has called it right before has done what there is to do.</summary>
public class ReopenedBefore
{
    private static string Agent(string question, string renewal, string use) => $$"""
        class Agent(ILogger log)
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            private bool _disposed;

            private IWireSession? Session { get; set; }

            public async Task SayAsync(string text)
            {
                await EnsureAsync();
                {{use}}
            }

            private async Task EnsureAsync()
            {
                if (_disposed) return;
                if ({{question}}) return;
                await _gate.WaitAsync();
                try
                {
                    if (_disposed) return;
                    {{renewal}}
                }
                catch (Exception e) { log.LogError(e.Message); }
                finally { _gate.Release(); }
            }

            private void Start() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); Session = s; }

            public void Stop() { _disposed = true; Session?.Dispose(); Session = null; }
        }

        interface ILogger { void LogError(string text); }
        """;

    private const string Use = "var session = Session; if (session is null) return; session.Send(text);";

    [Theory]
    [InlineData("Session is { IsOpen: true }", "Start();")]
    [InlineData("Session is { IsOpen: true }", "var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); Session = s;")]
    [InlineData("Session != null && Session.IsOpen", "Start();")]
    public Task It_asks_and_opens(string question, string renewal) => Case.SilentAsync(Agent(question, renewal, Use));

    [Fact]
    public Task It_asks_only_whether_there_is_one() =>
        Case.HoldsAsync(Agent("Session is not null", "Start();", "var session = Session; if (session is null) return; {|LCA3001:session.Send(text)|};"));
}
