namespace LifecycleAnalyzers.Tests.LCA2005;

/// <summary>The clause does something, is narrow, or there is no send under it.</summary>
public class Silent
{
    [Theory]
    [InlineData("try { _client.Send(text); } catch (Exception e) { _last = e.Message; }")]
    [InlineData("try { _client.Send(text); } catch { _last = \"failed\"; }")]
    [InlineData("try { _client.Send(text); } catch { _client.Close(); }")]
    [InlineData("try { _client.Send(text); } catch { throw; }")]
    [InlineData("foreach (var c in _all) { try { c.Send(text); } catch { break; } }")]
    // Narrow
    [InlineData("try { _client.Send(text); } catch (InvalidOperationException) { }")]
    [InlineData("try { _client.Send(text); } catch (Exception e) when (e is IOException) { }")]
    // A filter that says which, that the end has begun, or that tells somebody
    [InlineData("try { _client.Send(text); } catch (Exception e) when (e is InvalidOperationException or IOException) { }")]
    [InlineData("var token = CancellationToken.None; try { _client.Send(text); } catch (Exception) when (token.IsCancellationRequested) { }")]
    [InlineData("try { _client.Send(text); } catch (Exception) when (_closing) { }", "private bool _closing = DateTime.Now.Ticks > 0;")]
    [InlineData("try { _client.Send(text); } catch (Exception e) when (Tell(e)) { }", "bool Tell(Exception e) { _last = e.Message; return true; }")]
    // The other way tells
    [InlineData("try { _client.Send(text); _sent++; } catch { }")]
    [InlineData("var sent = false; try { _client.Send(text); sent = true; } catch { } _last = sent.ToString();")]
    // On the way out
    [InlineData("try { _client.Send(text); } catch { } finally { _client.Close(); }")]
    [InlineData("try { _client.Send(text); _client.Close(); } catch { }")]
    [InlineData("try { _client.Send(text); } catch { } _client.Dispose();")]
    // Clean-up after a failure that is told
    [InlineData("try { _last = text.Trim(); } catch { try { _client.Send(\"undo\"); } catch { } throw; }")]
    // No send
    [InlineData("try { _client.Close(); } catch { }")]
    [InlineData("try { _last = text.Trim(); } catch { }")]
    [InlineData("try { _client.TrySend(text); } catch { }")]
    [InlineData("try { Action a = () => _client.Send(text); } catch { }")]
    // Somebody nearer sees it
    [InlineData("try { try { _client.Send(text); } catch (Exception e) { _last = e.Message; } } catch { }")]
    [InlineData("try { Say(text); } catch { }", "void Say(string t) { try { _client.Send(t); } catch (Exception e) { _last = e.Message; } }")]
    // It comes out elsewhere, or nowhere
    [InlineData("try { Say(text); } catch { }", "async void Say(string t) { await Task.Yield(); _client.Send(t); }")]
    [InlineData("try { _ = SayAsync(text); } catch { }", "async Task SayAsync(string t) { await Task.Yield(); _client.Send(t); }")]
    public Task In_the_body(string body, string members = "") => Case.SilentAsync(Reports.Feed(body, members));

    [Theory]
    [InlineData("bool TrySay(string t) { try { _client.Send(t); return true; } catch { return false; } }")]
    [InlineData("bool TrySay(string t) { try { _client.Send(t); return true; } catch { } return false; }")]
    [InlineData("void Stop() { try { _client.Send(\"bye\"); } catch { } }")]
    public Task A_result_or_an_end(string member) => Case.SilentAsync(Reports.Feed("", member));
}
