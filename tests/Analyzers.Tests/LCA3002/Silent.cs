namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>What fails is taken out, or never gets in.</summary>
public class Silent
{
    [Theory]
    // A pool of lazies that try again; a list for the moment
    [InlineData("private readonly ConcurrentBag<Lazy<WireClient>> _bag = new(); public void Warm(string k) { _bag.Add(new Lazy<WireClient>(() => Dial(k), LazyThreadSafetyMode.PublicationOnly)); }")]
    [InlineData("public void Warm(string k) { var all = new List<Lazy<WireClient>>(); all.Add(new Lazy<WireClient>(() => Dial(k))); Console.WriteLine(all.Count); }")]
    [InlineData("public async Task Warm(string k) { var all = new List<Task<WireClient>>(); all.Add(DialAsync(k)); await Task.WhenAll(all); }")]
    // A catch takes it out
    [InlineData("public async Task<WireClient> Get(string k) { var t = _tasks.GetOrAdd(k, DialAsync); try { return await t; } catch { _tasks.TryRemove(k, out _); throw; } }")]
    [InlineData("public async Task<WireClient> Get(string k) { try { return await _tasks.GetOrAdd(k, DialAsync); } catch (Exception) when (Drop(k)) { throw; } } private bool Drop(string k) => _tasks.TryRemove(k, out _);")]
    [InlineData("public async Task<WireClient> Get() { try { return await (_task ??= DialAsync(\"\")); } catch { _task = null; throw; } }")]
    [InlineData("public async Task<WireClient> Get() { var t = _task ??= DialAsync(\"\"); try { return await t; } catch { Interlocked.CompareExchange(ref _task, null, t); throw; } }")]
    [InlineData("public async Task<WireClient> Get(string k) { var ok = false; var t = _tasks.GetOrAdd(k, DialAsync); try { var c = await t; ok = true; return c; } finally { if (!ok) _tasks.TryRemove(k, out _); } }")]
    [InlineData("public async Task<WireClient?> Get(string k) { var failed = false; WireClient? c = null; try { c = await _tasks.GetOrAdd(k, DialAsync); } catch { failed = true; } if (failed) _tasks.TryRemove(k, out _); return c; }")]
    // In another member
    [InlineData("private Task<WireClient> Start() => _task ??= DialAsync(\"\"); public async Task Use() { try { (await Start()).Send(\"\"); } catch { _task = null; throw; } }")]
    [InlineData("public Task<WireClient> Get(string k) => _tasks.GetOrAdd(k, Open); private async Task<WireClient> Open(string k) { try { return await DialAsync(k); } catch { _tasks.TryRemove(k, out _); throw; } }")]
    [InlineData("public Task<WireClient> Get(string k) { var t = _tasks.GetOrAdd(k, DialAsync); _ = Watch(k, t); return t; } private async Task Watch(string k, Task t) { try { await t; } catch { _tasks.TryRemove(k, out _); } }")]
    [InlineData("public Task<WireClient> Get(string k) => _tasks.GetOrAdd(k, DialAsync); public void Sweep() { foreach (var (k, t) in _tasks) if (t.IsFaulted) _tasks.TryRemove(k, out _); }")]
    [InlineData("public Task<WireClient> Get(string k) => _tasks.GetOrAdd(k, DialAsync); public void Forget(string k) => _tasks.TryRemove(k, out _); public async Task Use(string k) { try { (await Get(k)).Send(\"\"); } catch (IOException) { Forget(k); throw; } }")]
    // A continuation
    [InlineData("public Task<WireClient> Get(string k) => _tasks.GetOrAdd(k, x => { var t = DialAsync(x); t.ContinueWith(_ => _tasks.TryRemove(x, out var _), TaskContinuationOptions.NotOnRanToCompletion); return t; });")]
    [InlineData("public Task<WireClient> Get() { var t = _task ??= DialAsync(\"\"); t.ContinueWith(Clear, TaskContinuationOptions.OnlyOnFaulted); return t; } private void Clear(Task t) => _task = null;")]
    [InlineData("public Task<WireClient> Get(string k) => _tasks.GetOrAdd(k, Start); private Task<WireClient> Start(string k) { var t = DialAsync(k); t.ContinueWith(static (t, s) => { var (all, key) = ((ConcurrentDictionary<string, Task<WireClient>>, string))s!; all.TryRemove(KeyValuePair.Create(key, t)); }, (_tasks, k), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default); return t; }")]
    // It is asked how it ended
    [InlineData("public Task<WireClient> Get() { if (_task == null || _task.IsFaulted || _task.IsCanceled) _task = DialAsync(\"\"); return _task; }")]
    [InlineData("public Task<WireClient> Get() { if (_task is not { IsCompletedSuccessfully: true }) _task = DialAsync(\"\"); return _task; }")]
    [InlineData("public Task<WireClient> Get() { if (Broken(_task)) _task = null; return _task ??= DialAsync(\"\"); } private static bool Broken(Task? t) => t is { IsFaulted: true };")]
    [InlineData("public Task<WireClient> Get() { if (_task?.Status is TaskStatus.Faulted or TaskStatus.Canceled) _task = null; return _task ??= DialAsync(\"\"); }")]
    [InlineData("public Task<WireClient> Get(string k) { if (!_map.TryGetValue(k, out var t) || t.IsFaulted) _map[k] = t = DialAsync(k); return t; }")]
    public Task The_failed_task_is_taken_out(string members) => Case.SilentAsync(Reports.Feed(members));

    [Theory]
    [InlineData("private readonly Lazy<WireClient> _lazy = new(() => Dial(\"\"), LazyThreadSafetyMode.PublicationOnly);")]
    [InlineData("private readonly Lazy<WireClient> _lazy; public Feed(LazyThreadSafetyMode mode) => _lazy = new(() => Dial(\"\"), mode);")]
    [InlineData("private readonly Lazy<WireClient> _lazy = new(() => new WireClient(\"\"));")]
    [InlineData("private readonly Lazy<WireClient> _lazy = new(Dial(\"\"));")]
    [InlineData("private readonly Lazy<WireClient> _lazy = new();")]
    [InlineData("public WireClient Get(string k) => _lazies.GetOrAdd(k, x => new Lazy<WireClient>(() => Dial(x), LazyThreadSafetyMode.PublicationOnly)).Value;")]
    [InlineData("private Lazy<Task<WireClient>> _lazy = Make(); private static Lazy<Task<WireClient>> Make() => new(() => DialAsync(\"\")); public async Task<WireClient> Get() { try { return await _lazy.Value; } catch { _lazy = Make(); throw; } }")]
    [InlineData("private Lazy<Task<WireClient>> _lazy = new(() => DialAsync(\"\")); public Task<WireClient> Get() { if (_lazy.IsValueCreated && _lazy.Value.IsFaulted) _lazy = new(() => DialAsync(\"\")); return _lazy.Value; }")]
    [InlineData("public void Use() { var lazy = new Lazy<WireClient>(() => Dial(\"\")); if (Wire.Any()) lazy.Value.Send(\"\"); }")]
    public Task The_lazy_keeps_no_exception(string members) => Case.SilentAsync(Reports.Feed(members));

    [Theory]
    // The owner opens it, or nothing can fail
    [InlineData("private readonly Task<WireClient> _opening; public Feed() { _opening = DialAsync(\"\"); }")]
    [InlineData("public void Start() { if (_task != null) return; _task = DialAsync(\"\"); }")]
    [InlineData("public void Renew() { _task = DialAsync(\"\"); }")]
    [InlineData("public Task<WireClient> Get() => _task ??= Task.FromResult(new WireClient());")]
    [InlineData("private static async Task<WireClient> TryAsync(string k) { var c = new WireClient(k); try { await c.OpenAsync(); } catch (Exception) { } return c; } public Task<WireClient> Get(string k) => _tasks.GetOrAdd(k, TryAsync);")]
    [InlineData("public async Task<WireClient> Get(string k) { if (_clients.TryGetValue(k, out var c)) return c; c = await DialAsync(k); _clients[k] = c; return c; }")]
    [InlineData("public async Task<WireClient> Get() => _client ??= await DialAsync(\"\");")]
    [InlineData("public async Task All() { var all = new ConcurrentDictionary<string, Task<WireClient>>(); all.TryAdd(\"\", DialAsync(\"\")); await Task.WhenAll(all.Values); }")]
    public Task No_failure_is_kept(string members) => Case.SilentAsync(Reports.Feed(members));

    [Theory]
    // The catch around the use
    [InlineData("public void Use() { _client ??= Dial(\"\"); try { _client.Send(\"\"); } catch (IOException) { _client = null; throw; } }")]
    [InlineData("public void Use() { _client ??= Dial(\"\"); try { _client.Send(\"\"); } catch (IOException) { _client.Dispose(); throw; } }")]
    [InlineData("public void Use() { _client ??= Dial(\"\"); try { _client.Send(\"\"); } catch (IOException) { _client = Dial(\"\"); _client.Send(\"\"); } }")]
    [InlineData("public void Use() { _client ??= Dial(\"\"); try { _client.Send(\"\"); } catch (IOException) { Drop(); } } private void Drop() { _client?.Close(); _client = null; }")]
    [InlineData("public void Use(string k) { var c = _clients.GetOrAdd(k, Dial); try { c.Send(\"\"); } catch (IOException) { if (_clients.TryRemove(k, out var gone)) gone.Dispose(); } }")]
    [InlineData("public void Use() { _client ??= Dial(\"\"); try { _client.Send(\"\"); } finally { _client = null; } }")]
    // No catch, or one for something else
    [InlineData("public void Use() { _client ??= Dial(\"\"); _client.Send(\"\"); }")]
    [InlineData("public void Use() { _client ??= Dial(\"\"); try { _client.Send(\"\"); } catch (FormatException) { } }")]
    // What died is replaced at the next use
    [InlineData("public void Use() { if (_client is not { IsOpen: true }) _client = Dial(\"\"); try { _client.Send(\"\"); } catch (IOException) { } }")]
    [InlineData("public void Use() { if (_client == null) { _client = Dial(\"\"); _client.Closed += (_, _) => _client = null; } try { _client.Send(\"\"); } catch (IOException) { } }")]
    // The owner opens it
    [InlineData("private readonly WireClient _own = Dial(\"\"); public void Use() { try { _own.Send(\"\"); } catch (IOException) { } }")]
    [InlineData("public void Start() => _client = Dial(\"\"); public void Use() { try { _client!.Send(\"\"); } catch (IOException) { } }")]
    public Task The_failed_connection_is_not_left(string members) => Case.SilentAsync(Reports.Feed(members));

    /// <summary>It goes on trying behind the scenes, and nothing is thrown that the lazy could keep.</summary>
    [Fact]
    public Task The_first_attempt_does_not_throw() => Case.SilentAsync("""
        class Cache
        {
            private readonly Lazy<WireClient> _lazy = new(() =>
            {
                var options = new ConfigurationOptions { AbortOnConnectFail = false };
                return Dial(options);
            });

            public WireClient Get() => _lazy.Value;
            private static WireClient Dial(ConfigurationOptions options) { var client = new WireClient(); client.Open(); return client; }
        }

        class ConfigurationOptions { public bool AbortOnConnectFail { get; set; } = true; }
        """);

    /// <summary>Whoever uses it next asks first, and opens another.</summary>
    [Theory]
    [InlineData("Renew();", false)]
    [InlineData("", true)]
    public Task Asked_before_every_use(string before, bool reported) => Case.HoldsAsync($$"""
        class Store
        {
            private WireClient? _client;
            private Result Renew() { if (Alive()) return new(true); _client = Wire.Connect("a"); return new(true); }
            private bool Alive() => _client?.IsOpen == true;
            private record struct Result(bool Done);
            public void Save(string text)
            {
                {{(reported ? "{|LCA3002:_client ??= Wire.Connect(\"a\")|};" : "var done = " + before)}}
                try { _client!.Send(text); } catch (Exception e) { Console.WriteLine(e); }
            }
        }
        """);
}
