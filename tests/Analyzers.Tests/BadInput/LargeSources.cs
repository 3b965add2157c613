using System.Text;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.BadInput;

/// <summary>
/// Code of a size and depth that nobody writes but generators and tests: it is judged or left out, without an exception and without
/// holding up the build; and the code beside it is judged as ever.
/// </summary>
public class LargeSources
{
    /// <summary>A callback that sends unasked: reported whatever stands beside it.</summary>
    private const string Beside = """
        class Beside(Socket socket, System.Timers.Timer timer)
        {
            public void Start() => timer.Elapsed += OnElapsed;
            private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e) => socket.Send(new byte[1]);
        }
        """;

    public static TheoryData<string, string> Sources
    {
        get
        {
            var data = new TheoryData<string, string>
            {
                { "five thousand statements", Method(Lines(5000, i => i % 5 == 0 ? $"if (socket.Connected && n != {i}) n = socket.Send(buffer);" : $"n += buffer[{i} % 16];")) },
                { "five thousand statements in a try", Method("try {" + Lines(5000, i => i % 7 == 0 ? "socket.Send(buffer);" : $"var x{i} = n + {i};") + "} catch (SocketException) { socket.Close(); }") },
                { "a thousand variables that may be null", Method(Lines(1000, i => $"Socket? s{i} = n > {i} ? socket : null;") + Lines(1000, i => $"s{i}?.Send(buffer);")) },
                { "five hundred conditions, one in another", Method(Lines(500, i => $"if (n > {i}) {{") + "socket.Send(buffer);" + new string('}', 500)) },
                { "a hundred tries, one in another", Method(Lines(100, _ => "try {") + "socket.Send(buffer);" + Lines(100, _ => "} finally { socket.Close(); }")) },
                { "two hundred lambdas, one in another", Method(Lines(200, i => $"Action a{i} = () => {{") + "socket.Send(buffer);" + Lines(200, _ => "};")) },
                { "a sum of two thousand terms", Method("n = " + string.Join(" + ", Enumerable.Range(0, 2000).Select(i => $"buffer[{i} % 16]")) + "; socket.Send(buffer);") },
                { "a chain of five hundred calls", Method("var text = new StringBuilder()" + string.Concat(Enumerable.Range(0, 500).Select(i => $".Append({i})")) + "; socket.Send(buffer);") },
                { "two thousand cases", Method("switch (n) {" + Lines(2000, i => $"case {i}: socket.Send(buffer); break;") + "}") },
                { "a thousand alternatives", Method(string.Join(" else ", Enumerable.Range(0, 1000).Select(i => $"if (n == {i}) {{ socket.Send(buffer); }}"))) },
                { "methods that call each other", "class Ring(Socket socket) {" + Lines(300, i => $"public void M{i}(int n) {{ if (n > 0) M{(i + 1) % 300}(n - 1); else M{(i * 7 + 3) % 300}(n + 1); socket.Send(new byte[1]); }}") + "}" },
                { "a class of two thousand members", "class Wide(Socket socket) {" + Lines(2000, i => $"public bool P{i} => socket.Connected && P{(i + 1) % 2000};") + "}" },
            };
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task They_hold_nobody_up(string what, string source)
    {
        var usings = "using System; using System.Net.Sockets; using System.Text; using System.Threading.Tasks;\n";
        var compilation = Compiled.Of([("Large.cs", usings + source), ("Beside.cs", usings + Beside)]);
        var found = await compilation.AnalyzeAsync(concurrent: true, cancellation: TestContext.Current.CancellationToken);
        Assert.True(found.Any(d => d.Id == "LCA2001" && d.Location.SourceTree?.FilePath == "Beside.cs"), what);
    }

    private static string Method(string body) => $$"""
        class Large
        {
            public void Run(Socket socket, byte[] buffer, int n)
            {
                {{body}}
            }
        }
        """;

    private static string Lines(int count, Func<int, string> line)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.AppendLine(line(i));
        return text.ToString();
    }
}
