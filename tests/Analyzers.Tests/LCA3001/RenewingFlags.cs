namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>The owner's own flag, asked where the field is filled, decides like the connection's state.</summary>
public class RenewingFlags
{
    private static string Holder(string body, string members = "") => $$"""
        class Holder
        {
            private IWireSession? _session;
            private bool _broken;
            private volatile bool _alive;
            private bool _verbose;
            public async Task Use(string key) { await Task.CompletedTask; {{body}} }
            public void Fail() { _broken = true; _alive = false; _verbose = true; }
            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("if (_session is null || _broken) { _session = Connect(); _broken = false; } _session.Send(key);")]
    [InlineData("var isUseless = _session is null || _broken; if (isUseless) { _session = Connect(); _broken = false; } _session!.Send(key);")]
    [InlineData("if (_session == null || !_alive) { _alive = true; _session = Connect(); } _session.Send(key);")]
    [InlineData("if (_broken || _session is null) { _session?.Dispose(); _session = Connect(); _broken = false; } try { _session.Send(key); } catch { _broken = true; throw; }")]
    [InlineData("if (Volatile.Read(ref _broken)) { _session = Connect(); _broken = false; } _session ??= Connect(); _session.Send(key);")]
    [InlineData("Current().Send(key);", "private IWireSession Current() { if (_session is null || this._broken) { _session = Connect(); _broken = false; } return _session; }")]
    public Task A_flag_that_renews_the_field_is_a_check(string body, string members = "") => Case.SilentAsync(Holder(body, members));

    [Theory]
    // Says nothing about the connection
    [InlineData("if (_session is null || _verbose) { _session ??= Connect(); _verbose = false; } {|LCA3001:_session.Send(key)|};")]
    // Asked the other way round: made only while all is well
    [InlineData("if (_session is null && !_broken) _session = Connect(); {|LCA3001:_session!.Send(key)|};")]
    public Task Another_flag_is_none(string body) => Case.HoldsAsync(Holder(body));
}
