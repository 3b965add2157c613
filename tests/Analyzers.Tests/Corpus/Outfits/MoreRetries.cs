// Retries, headers, replaced links, cached tasks.
using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using System.Collections.Concurrent;

namespace Outfits.MoreRetries;

// 1 correct: key set by a helper on the request
public sealed class HelperKey(HttpClient http)
{
    private static HttpRequestMessage Make(Guid id, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "pay") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", id.ToString("N"));
        return request;
    }
    public async Task PayAsync(object body, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        for (var i = 0; i < 3; i++)
        {
            using var request = Make(id, body);
            try
            {
                using var response = await http.SendAsync(request, ct);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (i < 2)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

// 2 bug: no key
public sealed class NoKey(HttpClient http)
{
    private static HttpRequestMessage Make(object body) => new(HttpMethod.Post, "pay") { Content = JsonContent.Create(body) };
    public async Task PayAsync(object body, CancellationToken ct)
    {
        for (var i = 0; i < 3; i++)
        {
            using var request = Make(body);
            try
            {
                using var response = await http.SendAsync(request, ct); //! LCA3005
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (i < 2)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

// 3 bug: do-while with a flag
public sealed class DoWhile(HttpClient http)
{
    public async Task<bool> PatchAsync(HttpContent content)
    {
        bool again;
        var left = 3;
        do
        {
            again = false;
            try
            {
                (await http.PatchAsync("x", content)).Dispose(); //! LCA3005
            }
            catch (TaskCanceledException)
            {
                again = --left > 0;
            }
        }
        while (again);
        return left > 0;
    }
}

// 4 correct: the failure is rethrown at once
public sealed class OnlyLogged(HttpClient http, Action<Exception> log)
{
    public async Task PostAllAsync(IEnumerable<string> bodies)
    {
        foreach (var body in bodies)
        {
            try { (await http.PostAsync("x", new StringContent(body))).Dispose(); }
            catch (HttpRequestException e) { log(e); throw; }
        }
    }
}

// 5 correct: next body after a failure
public sealed class NextBody(HttpClient http, Action<Exception> log)
{
    public async Task PostAllAsync(IEnumerable<string> bodies)
    {
        foreach (var body in bodies)
        {
            try { (await http.PostAsync("x", new StringContent(body))).Dispose(); }
            catch (HttpRequestException e) { log(e); }
        }
    }
}

// 6 bug: mirror urls, the same order to each until one answers
public sealed class Mirrors(HttpClient http, Uri[] mirrors)
{
    public async Task OrderAsync(object order)
    {
        foreach (var mirror in mirrors)
        {
            try
            {
                using var response = await http.PostAsJsonAsync(mirror, order); //? LCA3005
                return;
            }
            catch (HttpRequestException)
            {
            }
        }
    }
}

// 7 correct: Polly v8 with a predicate on the method
public sealed class PollyMethod(HttpClient http)
{
    private static readonly ResiliencePipeline<HttpResponseMessage> Gets = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new() { ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>() }).Build();
    public async Task<string> ReadAsync(CancellationToken ct)
    {
        using var response = await Gets.ExecuteAsync(async t => await http.GetAsync("x", t), ct);
        return await response.Content.ReadAsStringAsync(ct);
    }
    public async Task WriteAsync(HttpContent content, CancellationToken ct)
    {
        using var response = await http.PostAsync("x", content, ct);
        response.EnsureSuccessStatusCode();
    }
}

// 8 bug: publish in a retry helper with own name
public sealed class ReliablePublisher(Func<Task<IChannel>> open)
{
    public async Task PublishAsync(ReadOnlyMemory<byte> body)
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await using var channel = await open();
            try
            {
                await channel.BasicPublishAsync("x", "y", body); //! LCA3005
                return;
            }
            catch (AlreadyClosedException)
            {
                return;
            }
            catch (OperationInterruptedException) when (attempt < 5)
            {
                await Task.Delay(attempt * 100);
            }
        }
    }
}

// 9 correct: message id lets the consumer drop the second
public sealed class IdPublisher(Func<Task<IChannel>> open)
{
    public async Task PublishAsync(Guid id, ReadOnlyMemory<byte> body)
    {
        var properties = new BasicProperties { MessageId = id.ToString() };
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await using var channel = await open();
            try
            {
                await channel.BasicPublishAsync("x", "y", true, properties, body); //? LCA3005
                return;
            }
            catch (OperationInterruptedException) when (attempt < 5)
            {
                await Task.Delay(attempt * 100);
            }
        }
    }
}

// 10 correct: gives up after failures of connecting alone
public sealed class ConnectRetry(string host)
{
    public async Task<string> AskAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        using var client = await DialAsync(ct);
        var stream = client.GetStream();
        await stream.WriteAsync(frame, ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(ct) ?? "";
    }
    private async Task<TcpClient> DialAsync(CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            var client = new TcpClient();
            try { await client.ConnectAsync(host, 7, ct); return client; }
            catch (SocketException) when (i < 3) { client.Dispose(); }
            catch { client.Dispose(); throw; }
        }
    }
}

// 11 bug: default request headers in a typed client's registration lambda with block
public static class Clients
{
    public static IServiceCollection AddBilling(this IServiceCollection services)
    {
        services.AddHttpClient<NoKey>().ConfigureHttpClient(static c =>
        {
            c.Timeout = TimeSpan.FromSeconds(5);
            c.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        return services;
    }
}

// 12 correct: proxying the header of the other side away
public sealed class Proxy(HttpClient http)
{
    public async Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage incoming)
    {
        var outgoing = new HttpRequestMessage(incoming.Method, "x");
        foreach (var (name, values) in incoming.Headers)
        {
            if (!name.Equals("Connection", StringComparison.OrdinalIgnoreCase)) outgoing.Headers.TryAddWithoutValidation(name, values);
        }
        outgoing.Headers.ConnectionClose = null;
        return await http.SendAsync(outgoing);
    }
}

// 13 sessions replaced, in outfits
public interface IFeedLink : IDisposable
{
    event Func<IFeedLink, Exception?, Task>? Dropped;
    bool IsOpen { get; }
    Task SendAsync(string s);
    Task StartAsync();
}
public sealed class LinkKeeper(Func<IFeedLink> make)
{
    private volatile IFeedLink? _link;
    public async Task RunAsync()
    {
        var link = make();
        link.Dropped += OnDroppedAsync;
        await link.StartAsync();
        _link = link; //! LCA3006
    }
    private async Task OnDroppedAsync(IFeedLink link, Exception? e)
    {
        _link = null;
        await Task.Delay(1000);
        await RunAsync();
    }
}
public sealed class LinkKeeperAsks(Func<IFeedLink> make)
{
    private volatile IFeedLink? _link;
    public async Task RunAsync()
    {
        var link = make();
        link.Dropped += OnDroppedAsync;
        await link.StartAsync();
        _link = link;
    }
    private async Task OnDroppedAsync(IFeedLink link, Exception? e)
    {
        if (_link is { } current && current == link)
        {
            _link = null;
            await RunAsync();
        }
    }
}
public sealed class LinkKeeperSlots(Func<IFeedLink> make)
{
    private readonly ConcurrentDictionary<string, IFeedLink> _links = new();
    public async Task RunAsync(string name)
    {
        var link = make();
        link.Dropped += (dropped, _) =>
        {
            _links.TryRemove(KeyValuePair.Create(name, dropped));
            return Task.CompletedTask;
        };
        await link.StartAsync();
        _links[name] = link;
    }
}
public sealed class LinkEpochs(Func<IFeedLink> make)
{
    private sealed class Epoch { public IFeedLink? Link; public bool Over; }
    private Epoch _epoch = new();
    public async Task RunAsync()
    {
        var mine = new Epoch();
        _epoch.Over = true;
        _epoch = mine;
        var link = make();
        link.Dropped += (_, _) => mine.Over ? Task.CompletedTask : RunAsync();
        await link.StartAsync();
        mine.Link = link;
    }
}
public sealed class LinkLifetimes(Func<IFeedLink> make)
{
    private IFeedLink? _link;
    private CancellationTokenSource? _life;
    public async Task RunAsync(CancellationToken stopping)
    {
        Retire();
        var life = _life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var link = make();
        link.Dropped += async (_, _) =>
        {
            if (!life.Token.IsCancellationRequested)
            {
                _link = null;
                await RunAsync(stopping);
            }
        };
        await link.StartAsync();
        _link = link;
    }
    private void Retire() => Interlocked.Exchange(ref _life, null)?.Cancel();
}

// 14 tasks cached
public sealed class TaskCache(Func<string, CancellationToken, Task<IFeedLink>> dial)
{
    private readonly ConcurrentDictionary<string, Task<IFeedLink>> _tasks = new();
    public async Task<IFeedLink> GetAsync(string key, CancellationToken ct)
    {
        if (_tasks.TryGetValue(key, out var known) && known is { IsCompletedSuccessfully: true, Result.IsOpen: true }) return known.Result;
        var task = dial(key, ct);
        _tasks[key] = task;
        return await task;
    }
}
public sealed class TaskCacheEvicts(Func<string, Task<IFeedLink>> dial)
{
    private readonly ConcurrentDictionary<string, Task<IFeedLink>> _tasks = new();
    public Task<IFeedLink> GetAsync(string key) => _tasks.GetOrAdd(key, OpenAsync);
    private async Task<IFeedLink> OpenAsync(string key)
    {
        try
        {
            await Task.Yield();
            return await dial(key);
        }
        catch
        {
            _tasks.TryRemove(key, out _);
            throw;
        }
    }
}
public sealed class TaskCacheRefresh(Func<string, Task<IFeedLink>> dial)
{
    private readonly ConcurrentDictionary<string, Task<IFeedLink>> _tasks = new();
    public Task<IFeedLink> GetAsync(string key) =>
        _tasks.AddOrUpdate(key, dial, (k, old) => old.IsFaulted || old.IsCanceled ? dial(k) : old);
}
public sealed class TaskCacheBlind(Func<string, Task<IFeedLink>> dial)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IFeedLink>>> _tasks = new();
    public Task<IFeedLink> GetAsync(string key) => _tasks.GetOrAdd(key, k => new(() => dial(k), LazyThreadSafetyMode.ExecutionAndPublication)).Value; //! LCA3002
}
