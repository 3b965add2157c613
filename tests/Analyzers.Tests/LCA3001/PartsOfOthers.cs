using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3001ValidateCachedSessionFix>;

namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A session that is a part of another object, and is filled there from outside.</summary>
public class PartsOfOthers
{
    private static string Desk(string body, string members = "") => $$"""
        class Tenant
        {
            public IWireSession? Session;
            public IWireSession? Other { get; set; }
            public DateTime Since { get; set; }
        }

        class Desk(Func<IWireSession> open)
        {
            private readonly Dictionary<string, Tenant> _tenants = [];
            private readonly Tenant _only = new();

            public void Tell(string name, string text) { {{body}} }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("var t = _tenants[name]; t.Session ??= open(); {|LCA3001:t.Session.Send(text)|};")]
    [InlineData("if (!_tenants.TryGetValue(name, out var t)) _tenants[name] = t = new Tenant(); if (t.Session == null) t.Session = open(); {|LCA3001:t.Session.Send(text)|};")]
    [InlineData("if (_only.Session is null) { _only.Session = open(); _only.Since = DateTime.UtcNow; } {|LCA3001:_only.Session.Send(text)|};")]
    [InlineData("_only.Other ??= open(); {|LCA3001:_only.Other.Send(text)|};")]
    [InlineData("Of(_tenants[name]).Send(text);", "private IWireSession Of(Tenant t) { if (t.Session is null || name is null) t.Session = open(); return t.Session; } private string? name;")]
    [InlineData("Say(_only, text);", "private void Say(Tenant t, string text) { t.Session ??= open(); {|LCA3001:t.Session.Send(text)|}; }")]
    public Task Filled_where_it_is_missing(string body, string members = "") => Case.HoldsAsync(Desk(body, members).Replace("Of(_tenants[name]).Send(text);", "{|LCA3001:Of(_tenants[name]).Send(text)|};"));

    [Theory]
    [InlineData("var t = _tenants[name]; if (t.Session is not { IsOpen: true }) t.Session = open(); t.Session.Send(text);")]
    [InlineData("_only.Session ??= open(); if (!_only.Session.IsOpen) return; _only.Session.Send(text);")]
    [InlineData("_only.Session ??= open(); try { _only.Session.Send(text); } catch (IOException) { _only.Session.Close(); _only.Session = null; throw; }")]
    // Given by its owner for as long as that lives, and changed as a whole.
    [InlineData("_tenants[name].Session!.Send(text);", "public void Join(string name, IWireSession s) => _tenants[name].Session = s;")]
    [InlineData("_tenants[name].Session!.Send(text);", "public void Join(string name, IWireSession s) { if (_tenants[name].Since == default) _tenants[name].Session = s; }")]
    // Made here.
    [InlineData("var t = new Tenant(); t.Session ??= open(); t.Session.Send(text);")]
    public Task Asked_or_no_cache(string body, string members = "") => Case.SilentAsync(Desk(body, members));

    [Theory]
    [InlineData("{|LCA3001:(_only.Session ??= open()).Send(text)|};", "(_only.Session is { IsOpen: true } ? _only.Session : _only.Session = open()).Send(text);")]
    [InlineData("if (_only.Session is null) _only.Session = open(); {|LCA3001:_only.Session.Send(text)|};", "if (_only.Session is null || !_only.Session.IsOpen) _only.Session = open(); _only.Session.Send(text);")]
    [InlineData("var t = _tenants[name]; if (t.Session == null) t.Session = open(); {|LCA3001:t.Session.Send(text)|};", "var t = _tenants[name]; if (t.Session is null || !t.Session.IsOpen) t.Session = open(); t.Session.Send(text);")]
    public Task The_question_is_asked_there(string body, string becomes) => Fix.BecomesAsync(OfLibrary(body), OfLibrary(becomes));

    private static string OfLibrary(string body) => "using System.Collections.Generic;\nusing Wires;\n\n" + Desk(body).Replace("IWireSession", "WireClient");
}
