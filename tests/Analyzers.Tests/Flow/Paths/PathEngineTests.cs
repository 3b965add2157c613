using System.Collections.Immutable;
using LifecycleAnalyzers.Flow.Paths;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Tests.Flow.Paths;

/// <summary>The ways out of a body on which a WireClient that was made there is still open.</summary>
public class PathEngineTests
{
    [Theory]
    [InlineData("var c = new WireClient(); c.Open();", "pending, pending by Open")]
    [InlineData("var c = new WireClient(); c.Open(); c.Close();", "closed, pending by Open")]
    [InlineData("using var c = new WireClient(); c.Open();", "closed, closed by Open")]
    [InlineData("var c = new WireClient(); try { c.Open(); } finally { c.Close(); }", "closed, closed by Open")]
    [InlineData("var c = new WireClient(); try { c.Open(); } catch { c.Close(); throw; } Keep(c);", "kept, closed by Open")]
    [InlineData("var c = new WireClient(); try { c.Open(); } catch (IOException) { c.Close(); throw; } Keep(c);", "closed by Open, kept, pending by Open")]
    [InlineData("var c = new WireClient(); try { c.Open(); } catch (Exception e) when (e.Message == \"\") { c.Close(); } Keep(c);", "kept, pending by Open")]
    [InlineData("var c = new WireClient(); try { c.Open(); } catch (Exception e) when (e is Exception) { c.Close(); throw; } Keep(c);", "closed by Open, kept")]
    [InlineData("var c = new WireClient(); try { c.Open(); } catch (Exception e) when (e is IOException or ObjectDisposedException) { c.Close(); throw; } Keep(c);", "closed by Open, kept, pending by Open")]
    [InlineData("var c = new WireClient(); try { c.Open(); } catch (Exception e) when (e is not Exception) { c.Close(); throw; } Keep(c);", "kept, pending by Open")]
    public async Task Ends_of_try(string body, string exits) => Assert.Equal(Sorted(exits), await ExitsAsync(body));

    [Theory]
    [InlineData("bool ok = false; var c = new WireClient(); try { c.Open(); ok = true; } finally { if (!ok) c.Close(); } Keep(c);", "kept, closed by Open")]
    [InlineData("WireClient? c = null; try { c = new WireClient(); c.Open(); var d = c; c = null; Keep(d); } finally { c?.Close(); }", "kept, closed by Open")]
    [InlineData("WireClient? c = new WireClient(); if (c is null) return; c.Close();", "closed")]
    [InlineData("WireClient? c = new WireClient(); if (c is not { } d) return; d.Close();", "closed")]
    [InlineData("var c = new WireClient(); bool b = _flag; if (b) c.Close(); if (!b) c.Close();", "closed")]
    [InlineData("var c = new WireClient(); if (_flag) c.Close(); if (!_flag) c.Close();", "closed, pending")]
    public async Task Conditions_of_one_path_belong_together(string body, string exits) => Assert.Equal(Sorted(exits), await ExitsAsync(body));

    [Theory]
    [InlineData("for (var i = 0; i < 3; i++) { var c = new WireClient(); try { c.Open(); Keep(c); return; } catch (IOException) { c.Close(); } }", "closed, kept, none, pending by Open")]
    [InlineData("foreach (var n in new[] { 1, 2 }) { using var c = new WireClient(); c.Open(); }", "closed, closed by Open, none")]
    [InlineData("var c = new WireClient(); while (true) { try { c.Open(); break; } catch (IOException) { } } c.Close();", "closed, pending by Open")]
    [InlineData("var c = new WireClient(); try { try { c.Open(); } finally { Thread.Sleep(1); } } finally { c.Close(); }", "closed, closed by Open")]
    public async Task Loops_and_nesting(string body, string exits) => Assert.Equal(Sorted(exits), await ExitsAsync(body));

    [Fact]
    public async Task A_path_may_begin_with_a_parameter()
    {
        var snippet = Snippet.Of("void M(WireClient given) { given.Open(); given.Close(); }");
        Assert.Equal(Sorted("closed, pending by Open"), await ExitsAsync(snippet, snippet.Body.Method!.Parameters, "pending"));
    }

    private static Task<string> ExitsAsync(string body)
    {
        return ExitsAsync(Snippet.Of("void Keep(object o) { } void M() { " + body + " }"), null, "none");
    }

    private static Task<string> ExitsAsync(Snippet snippet, IEnumerable<ISymbol>? followed, string start)
    {
        var exits = PathEngine<string>.Exits(snippet.Analysis, snippet.Body, new Lifetime(snippet.Analysis), start, followed, TestContext.Current.CancellationToken);
        Assert.NotNull(exits);
        return Task.FromResult(Sorted(string.Join(", ", exits.Select(e => e.Token + (e.Thrown is null ? "" : " by Open")))));
    }

    private static string Sorted(string exits) => string.Join(", ", exits.Split(", ").Distinct().Order(StringComparer.Ordinal));

    /// <summary>Made: pending. Open throws. Close ends it, Keep takes it over.</summary>
    private sealed class Lifetime(LifecycleAnalyzers.Flow.Analysis analysis) : IPathRule<string>
    {
        public bool IsSource(IOperation operation) => operation is IObjectCreationOperation { Type.Name: "WireClient" };

        public Step<string> Visit(IOperation operation, string token, PathView<string> view) => operation switch
        {
            IObjectCreationOperation { Type.Name: "WireClient" } => new("pending"),
            IInvocationOperation { TargetMethod.Name: "Open" } open when view.Holds(open.Instance) => new(token) { Throws = [analysis.Catalogue.Types.Find("System.Exception")!] },
            IInvocationOperation { TargetMethod.Name: "Close" or "Dispose" } close when view.Holds(close.Instance) => new("closed"),
            IInvocationOperation { TargetMethod.Name: "Keep", Arguments: [var kept] } when view.Holds(kept.Value) => new("kept"),
            _ => new(token),
        };

        public bool Assume(IOperation condition, bool isTrue, ref string token, PathView<string> view) => true;

        public string Return(IOperation? value, string token, PathView<string> view) => view.Holds(value) ? "kept" : token;
    }
}
