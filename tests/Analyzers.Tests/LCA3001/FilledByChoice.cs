namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>What <c>??=</c> says was written out before there was one: <c>_session = _session ?? Open();</c>.</summary>
public class FilledByChoice
{
    private static string Desk(string use, string members = "") => $$"""
        class Desk(Func<IWireSession> open)
        {
            private IWireSession? _session;
            public void Use(string text) { {{use}} }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("_session = _session ?? open(); {|LCA3001:_session.Send(text)|};")]
    [InlineData("_session = _session == null ? open() : _session; {|LCA3001:_session.Send(text)|};")]
    [InlineData("_session = (_session is { } kept ? kept : open()); {|LCA3001:_session.Send(text)|};")]
    [InlineData("{|LCA3001:Session.Send(text)|};", "private IWireSession Session { get { _session = _session ?? open(); return _session; } }")]
    public Task And_not_asked(string use, string members = "") => Case.HoldsAsync(Desk(use, members));

    [Theory]
    [InlineData("_session = _session is { IsOpen: true } ? _session : open(); _session.Send(text);")]
    [InlineData("if (_session != null && !_session.IsOpen) _session = null; _session = _session ?? open(); _session.Send(text);")]
    // Opened by its owner, once for all.
    [InlineData("_session!.Send(text);", "public void Start() { _session = _session ?? open(); }")]
    // What is chosen does not depend on what is there.
    [InlineData("_session!.Send(text);", "public void Take(IWireSession? given) { _session = given ?? open(); }")]
    public Task Asked_or_no_cache(string use, string members = "") => Case.SilentAsync(Desk(use, members));
}
