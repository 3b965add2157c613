namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("private Task<WireClient>? _task; public Task<WireClient> Get() => _task ??= ")]
    [InlineData("private Task<WireClient>? _task; public Task<WireClient> Get() { if (_task == null _task = WireClient.; return _task; }")]
    [InlineData("private ConcurrentDictionary<string, Task<Missing>> _all = new(); public Task<Missing> Get(string k) => _all.GetOrAdd(k, Missing.OpenAsync);")]
    [InlineData("private ConcurrentDictionary<string, Task<WireClient>> _all = new(); public Task<WireClient> Get(string k) => _all.GetOrAdd(k, ")]
    [InlineData("private Lazy<WireClient> _lazy = new(() => ")]
    [InlineData("private Lazy<Missing> _lazy = new(() => Missing.Open());")]
    [InlineData("private WireClient? _client; public void Use() { _client ??= new(); try { _client.Send(\"\"); } catch (")]
    public Task The_unfinished_member_is_left_alone(string member) => Case.Broken($$"""class Feed { {{member}}""").RunAsync();

    [Fact]
    public Task A_missing_semicolon_elsewhere_does_not_hide_it() => Case.Broken(
        Reports.Feed("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|};") + "\nclass Other { void M() { var x = 1 } }").RunAsync();

    [Fact]
    public Task An_unknown_type_elsewhere_does_not_hide_it() => Case.Broken(
        Reports.Feed("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|};") + "\nclass Other : Missing { Unknown _u; void M() => _u.Do(); }").RunAsync();
}
