using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA3006;

/// <summary>Another session takes the place of the old one, whose events go on.</summary>
public class Reports
{
    internal static string Feed(string renew, string handler, string members = "") => $$"""
        class Feed
        {
            private WireClient? _session;
            private WireClient? _standby;
            private WireClient? Active { get; set; }
            private int _generation;
            private bool _up;

            public void Renew() { {{renew}} }
            private void OnClosed(object? sender, EventArgs e) { {{handler}} }
            private static WireClient Open() => Wire.Connect("x");
            {{members}}
        }
        """;

    /// <summary>What starts is no replacing where the owner replaces elsewhere.</summary>
    [Theory]
    [InlineData("private void OnClosed(object? sender, EventArgs e) { {|LCA3006:_session = _standby|}; _standby = null; }")]
    public Task The_standby_that_takes_its_place(string handler) => Case.HoldsAsync(Silent.Standby(handler));

    [Theory]
    [InlineData("_session = null; Start();")]
    [InlineData("_session?.Dispose();")]
    public Task An_owner_that_starts_itself_again_or_knows_no_other_way(string handler) => Case.HoldsAsync($$"""
        class Feed
        {
            private WireClient? _session;
            public void Start() { var s = Wire.Connect("x"); s.Closed += OnClosed; {|LCA3006:_session = s|}; }
            private void OnClosed(object? sender, EventArgs e) { {{handler}} }
            public override string ToString() => "" + _session;
        }
        """);

    [Fact]
    public Task A_token_that_outlives_the_session_tells_nothing_of_it() => Case.HoldsAsync(Feed(
        "var life = _life.Token; var s = Open(); s.Closed += (_, _) => { if (life.IsCancellationRequested) return; _session = null; Renew(); }; {|LCA3006:_session = s|};", "", "private readonly CancellationTokenSource _life = new();"));

    [Theory]
    // What the handler does with the field
    [InlineData("_session = null;")]
    [InlineData("_session?.Dispose();")]
    [InlineData("_session!.Close(); _session = null;")]
    [InlineData("_session?.Send(\"again\");")]
    [InlineData("if (_session is { } current) current.Close();")]
    [InlineData("var current = _session; current?.Dispose();")]
    [InlineData("Interlocked.Exchange(ref _session, null)?.Dispose();")]
    [InlineData("Interlocked.CompareExchange(ref _session, null, _session);")]
    [InlineData("Drop();", "private void Drop() { _session?.Dispose(); _session = null; }")]
    [InlineData("_ = Task.Run(() => _session?.Close());")]
    [InlineData("if (_up) _session = null;")]
    [InlineData("Console.WriteLine(_session?.IsOpen); _session = null;")]
    public Task The_handler_acts(string handler, string members = "") => Case.HoldsAsync(Feed("var s = Open(); s.Closed += OnClosed; {|LCA3006:_session = s|};", handler, members));

    [Theory]
    // How it is replaced
    [InlineData("{|LCA3006:_session = Open()|}; _session.Closed += OnClosed;")]
    [InlineData("var s = {|LCA3006:_session = Open()|}; s.Closed += OnClosed;")]
    [InlineData("var s = Open(); s.Closed += OnClosed; {|LCA3006:Interlocked.Exchange(ref _session, s)|};")]
    [InlineData("var s = Open(); s.Closed += OnClosed; {|LCA3006:Volatile.Write(ref _session, s)|};")]
    [InlineData("var s = Open(); s.Closed += OnClosed; {|LCA3006:(_session, _up) = (s, true)|};")]
    [InlineData("var s = Open(); s.Closed += (_, _) => _session = null; {|LCA3006:_session = s|};")]
    [InlineData("{|LCA3006:_session = Make()|};", "private WireClient Make() { var s = Open(); s.Closed += OnClosed; return s; }")]
    [InlineData("var s = Open(); Attach(s); {|LCA3006:_session = s|};", "private void Attach(WireClient s) { s.Received += (_, _) => { }; s.Closed += OnClosed; }")]
    [InlineData("if (_session is not { IsOpen: true }) { {|LCA3006:_session = Open()|}; _session.Closed += OnClosed; }")]
    public Task The_session_is_replaced(string renew, string members = "") => Case.HoldsAsync(Feed(renew, "_session?.Close(); _session = null;", members));

    [Theory]
    [InlineData("var old = {|LCA3006:Interlocked.Exchange(ref _session, s)|}; Console.WriteLine(old?.IsOpen);")]
    [InlineData("var old = {|LCA3006:Interlocked.Exchange(ref _session, s)|};")]
    public Task The_old_one_is_only_looked_at(string exchange) => Case.HoldsAsync(Feed("var s = Open(); s.Closed += OnClosed; " + exchange, "_session?.Close(); _session = null;"));

    [Fact]
    public Task In_a_property() => Case.HoldsAsync(Feed("var s = Open(); s.Closed += OnClosed; {|LCA3006:Active = s|};", "Active = null;"));

    [Theory]
    [InlineData("{|LCA3006:_session = Attach(Open())|};", "private WireClient Attach(WireClient s) { s.Closed += OnClosed; return s; }")]
    [InlineData("{|LCA3006:_session = Interlocked.Exchange(ref _standby, null)|};", "public void Prepare() { var s = Open(); s.Closed += OnClosed; _standby = s; }")]
    public Task It_was_subscribed_to_elsewhere(string renew, string members) => Case.HoldsAsync(Feed(renew, "_session?.Close();", members));

    [Fact]
    public Task A_standby_is_promoted() => Case.HoldsAsync(Feed(
        "_standby = Open(); _standby.Closed += OnClosed; {|LCA3006:_session = _standby|};", "_session?.Dispose();"));

    [Fact]
    public Task The_handler_itself_reconnects() => Case.HoldsAsync("""
        class Feed
        {
            private WireClient _session;
            public Feed() { _session = Wire.Connect("x"); _session.Closed += OnClosed; }
            private void OnClosed(object? sender, EventArgs e) => Restore();
            private void Restore() { var s = Wire.Connect("x"); s.Closed += OnClosed; {|LCA3006:_session = s|}; }
            public void Tell() => _session.Send("");
        }
        """);

    [Fact]
    public Task The_message_names_field_event_and_handler() => Case.HoldsAsync(
        Feed("var s = Open(); s.Closed += OnClosed; {|#0:_session = s|};", "_session = null;"),
        Case.Diagnostic("LCA3006").WithLocation(0).WithSeverity(DiagnosticSeverity.Info).WithOptions(LifecycleAnalyzers.Testing.DiagnosticOptions.IgnoreAdditionalLocations)
            .WithMessage("'_session' gets a new session, but a late 'Closed' of the old one still reaches 'OnClosed', which acts on '_session' without asking whose event it is"));

    [Fact]
    public Task The_handler_is_the_base_classs() => Case.HoldsAsync("""
        abstract class Holder
        {
            protected WireClient? Current;
            protected void Watch(WireClient s) => s.Closed += OnClosed;
            private void OnClosed(object? sender, EventArgs e) { Current?.Dispose(); Current = null; }
        }

        class Renewing : Holder
        {
            public void Renew() { var s = Wire.Connect("x"); Watch(s); {|LCA3006:Current = s|}; }
        }
        """);
}
