using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>What fails to open, or fails in use, stays where it was kept.</summary>
public class Reports
{
    internal static string Feed(string members) => $$"""
        class Feed
        {
            private readonly ConcurrentDictionary<string, Task<WireClient>> _tasks = new();
            private readonly Dictionary<string, Task<WireClient>> _map = new();
            private readonly ConcurrentDictionary<string, Lazy<WireClient>> _lazies = new();
            private readonly ConcurrentDictionary<string, WireClient> _clients = new();
            private Task<WireClient>? _task;
            private WireClient? _client;

            private static async Task<WireClient> DialAsync(string host) { var c = new WireClient(host); await c.OpenAsync(); return c; }
            private static WireClient Dial(string host) { var c = new WireClient(host); c.Open(); return c; }
            {{members}}
        }
        """;

    [Theory]
    // A dictionary of tasks
    [InlineData("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|};")]
    [InlineData("private readonly ConcurrentDictionary<string, int> _counts = new(); public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, Start)|}; private Task<WireClient> Start(string k) { var t = DialAsync(k); t.ContinueWith(static (t, s) => ((ConcurrentDictionary<string, int>)s!).TryRemove(\"\", out _), _counts, TaskContinuationOptions.NotOnRanToCompletion); return t; }")]
    [InlineData("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, x => DialAsync(x))|};")]
    [InlineData("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, async x => { var c = new WireClient(x); await c.OpenAsync(); return c; })|};")]
    [InlineData("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, x => Task.Run(() => Dial(x)))|};")]
    [InlineData("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync(k))|};")]
    [InlineData("public async Task<WireClient> Get(string k) { var t = {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|}; return await t; }")]
    [InlineData("public Task<WireClient> Get(string k) { if (_map.TryGetValue(k, out var t)) return t; t = DialAsync(k); {|LCA3002:_map.Add(k, t)|}; return t; }")]
    [InlineData("public Task<WireClient> Get(string k) { if (!_map.TryGetValue(k, out var t)) {|LCA3002:_map[k] = t = DialAsync(k)|}; return t; }")]
    [InlineData("public Task<WireClient> Get(string k) { if (!_map.TryGetValue(k, out var t)) t = {|LCA3002:_map[k] = DialAsync(k)|}; return t; }")]
    [InlineData("public void Warm(string k) => {|LCA3002:_tasks.TryAdd(k, DialAsync(k))|};")]
    [InlineData("private readonly Func<string, Task<WireClient>> _make = DialAsync; public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, _make)|};")]
    [InlineData("public Task<WireClient> Get(string k) { ref var slot = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_map, k, out _); return {|LCA3002:slot ??= DialAsync(k)|}; }")]
    // A lazy in a dictionary
    [InlineData("public WireClient Get(string k) => {|LCA3002:_lazies.GetOrAdd(k, x => new Lazy<WireClient>(() => Dial(x)))|}.Value;")]
    [InlineData("public WireClient Get(string k) => {|LCA3002:_lazies.GetOrAdd(k, x => { return new Lazy<WireClient>(() => Dial(x), true); })|}.Value;")]
    // A pool of lazies
    [InlineData("private readonly ConcurrentBag<Lazy<WireClient>> _bag = new(); public void Warm(string k) { {|LCA3002:_bag.Add(new Lazy<WireClient>(() => Dial(k)))|}; }")]
    [InlineData("private readonly List<Lazy<Kept>> _kept = new(); public void Warm(string k) { {|LCA3002:_kept.Add(new Lazy<Kept>(() => { var c = new WireClient(k); c.Open(); return new Kept(c); }))|}; } public sealed class Kept(WireClient client) { private readonly WireClient _client = client; public bool IsOpen => _client.IsOpen; }")]
    // One task
    [InlineData("public Task<WireClient> Get() => {|LCA3002:_task ??= DialAsync(\"\")|};")]
    [InlineData("public async Task Get() => await ({|LCA3002:_task ??= DialAsync(\"\")|});")]
    [InlineData("public Task<WireClient> Get() { if (_task == null) {|LCA3002:_task = DialAsync(\"\")|}; return _task; }")]
    [InlineData("public Task<WireClient> Get() { if (_task != null) return _task; {|LCA3002:_task = DialAsync(\"\")|}; return _task; }")]
    [InlineData("public Task<WireClient> Get() { lock (_tasks) { if (_task is null) { {|LCA3002:_task = DialAsync(\"\")|}; } return _task; } }")]
    [InlineData("public Task<WireClient> Get() => _task == null ? {|LCA3002:_task = DialAsync(\"\")|} : _task;")]
    [InlineData("public Task<WireClient> Get() { var t = DialAsync(\"\"); return {|LCA3002:Interlocked.CompareExchange(ref _task, t, null)|} ?? t; }")]
    [InlineData("public Task<WireClient> Get() => {|LCA3002:LazyInitializer.EnsureInitialized(ref _task, () => DialAsync(\"\"))|};")]
    [InlineData("private static readonly Task<WireClient> Shared = {|LCA3002:DialAsync(\"\")|};")]
    // Somebody takes it out, but not because it failed
    [InlineData("public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|}; public void Forget(string k) => _tasks.TryRemove(k, out _);")]
    [InlineData("public Task<WireClient> Get() => {|LCA3002:_task ??= DialAsync(\"\")|}; public void Dispose() { _task = null; }")]
    [InlineData("public Task<WireClient> Get() { var t = {|LCA3002:_task ??= DialAsync(\"\")|}; t.ContinueWith(x => { if (x.IsFaulted) Console.WriteLine(x.Exception); }); return t; }")]
    [InlineData("public async Task<WireClient> Get(string k) { try { return await {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|}; } catch (Exception e) { Console.WriteLine(e); throw; } }")]
    public Task The_task_or_lazy_that_failed_stays(string members) => Case.HoldsAsync(Feed(members));

    [Theory]
    [InlineData("private readonly Lazy<Task<WireClient>> _lazy = {|LCA3002:new(() => DialAsync(\"\"))|};")]
    [InlineData("private readonly Lazy<Task<WireClient>> _lazy = {|LCA3002:new(() => DialAsync(\"\"), LazyThreadSafetyMode.PublicationOnly)|};")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"))|};")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new Lazy<WireClient>(() => { var c = new WireClient(); c.Open(); return c; })|};")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"), LazyThreadSafetyMode.ExecutionAndPublication)|};")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"), LazyThreadSafetyMode.None)|};")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"), false)|};")]
    [InlineData("private static WireClient Make() => Dial(\"\"); private readonly Lazy<WireClient> _lazy = {|LCA3002:new(Make)|};")]
    [InlineData("public Lazy<WireClient> Lazy { get; } = {|LCA3002:new(() => Dial(\"\"))|};")]
    [InlineData("private readonly Lazy<Task<WireClient>> _lazy; public Feed(string host) { {|LCA3002:_lazy = new(() => DialAsync(host))|}; }")]
    [InlineData("private readonly Lazy<TcpClient> _lazy = {|LCA3002:new(() => new TcpClient(\"\", 1))|};")]
    public Task A_lazy_keeps_its_exception(string members) => Case.HoldsAsync(Feed(members));

    [Fact]
    public Task A_lazy_of_ones_own() => Case.HoldsAsync("""
        class AsyncLazy<T>(Func<Task<T>> make) : Lazy<Task<T>>(() => Task.Run(make));
        """ + Feed("private readonly AsyncLazy<WireClient> _lazy = {|LCA3002:new(() => DialAsync(\"\"))|};"));

    [Theory]
    // A connection whose use failed
    [InlineData("public void Use() { try { {|LCA3002:_client ??= Dial(\"\")|}; _client.Send(\"\"); } catch (IOException e) { Console.WriteLine(e); throw; } }")]
    [InlineData("public void Use() { {|LCA3002:_client ??= Dial(\"\")|}; try { _client.Send(\"\"); } catch (Exception) { } }")]
    [InlineData("public async Task Use() { if (_client == null) {|LCA3002:_client = await DialAsync(\"\")|}; try { await _client.SendAsync(\"\"); } catch (Exception e) when (e is IOException) { Console.WriteLine(e); } }")]
    [InlineData("public bool Use(string k) { var c = {|LCA3002:_clients.GetOrAdd(k, Dial)|}; try { c.Send(\"\"); return true; } catch (IOException) { return false; } }")]
    [InlineData("public void Use(string k) { try { if (!_clients.TryGetValue(k, out var c)) { c = Dial(k); {|LCA3002:_clients[k] = c|}; } c.Send(\"\"); } catch (Exception e) { Console.WriteLine(e); throw; } }")]
    [InlineData("private WireClient Get() => {|LCA3002:_client ??= Dial(\"\")|}; public void Use() { try { Get().Send(\"\"); } catch (IOException e) { Console.WriteLine(e); } }")]
    [InlineData("public void Use(string k) { var c = {|LCA3002:_clients.GetOrAdd(k, Dial)|}; try { c.Send(\"\"); } catch (IOException) { } } public void Other(string k) { var c = _clients.GetOrAdd(k, Dial); try { c.Send(\"\"); } catch (IOException) { _clients.TryRemove(k, out _); } }")]
    public Task The_catch_leaves_it_where_it_is(string members) => Case.HoldsAsync(Feed(members));

    [Fact]
    public Task The_messages_name_the_cache_and_the_reason()
    {
        return Case.HoldsAsync(
            Feed("public Task<WireClient> Get() => {|#0:_task ??= DialAsync(\"\")|}; public void Use() { {|#1:_client ??= Dial(\"\")|}; try { _client.Send(\"\"); } catch (IOException) { } }"),
            Case.Diagnostic("LCA3002").WithLocation(0).WithSeverity(DiagnosticSeverity.Warning).WithMessage("'_task' keeps a failed connection: nothing takes out the task or lazy that failed, and whoever asks later gets the same failure"),
            Case.Diagnostic("LCA3002").WithLocation(1).WithOptions(LifecycleAnalyzers.Testing.DiagnosticOptions.IgnoreAdditionalLocations).WithMessage("'_client' keeps a failed connection: the catch around 'Send' neither takes it out nor closes it"));
    }
}
