using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using NATS.Client.Core;
using Renci.SshNet;
using StackExchange.Redis;

namespace Ops.Shells;

public interface IShellSession : IDisposable
{
    bool IsReady { get; }
    Task<string> ExecuteAsync(string line, CancellationToken token);
}

/// <summary>Everything that several shells share: look-up, making, throwing away.</summary>
public abstract class ShellCache<TKey> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, IShellSession> _shells = new();

    protected abstract IShellSession Make(TKey key);

    protected IShellSession Any(TKey key) => _shells.GetOrAdd(key, Make);

    protected IShellSession Sound(TKey key)
    {
        var shell = _shells.GetOrAdd(key, Make);
        if (shell.IsReady) return shell;
        shell.Dispose();
        return _shells[key] = Make(key);
    }
}

/// <summary>Runs lines on machines, one through an unasked shell.</summary>
public sealed class MachineRunner(Func<string, IShellSession> dial) : ShellCache<string>
{
    protected override IShellSession Make(string key) => dial(key);

    public Task<string> UptimeAsync(string machine, CancellationToken token) =>
        Any(machine).ExecuteAsync("uptime", token); //! LCA3001

    public Task<string> LoadAsync(string machine, CancellationToken token) =>
        Sound(machine).ExecuteAsync("cat /proc/loadavg", token); // ok LCA3001: asked where it is looked up
}

/// <summary>A static holder of the one shell to the jump host.</summary>
public static class JumpHost
{
    private static IShellSession? s_shell;
    private static readonly Lock s_lock = new();

    public static Func<IShellSession> Dial { get; set; } = () => throw new InvalidOperationException("not configured");

    public static Task<string> RunAsync(string line, CancellationToken token)
    {
        IShellSession shell;
        lock (s_lock)
        {
            s_shell ??= Dial();
            shell = s_shell;
        }

        return shell.ExecuteAsync(line, token); //! LCA3001
    }

    public static Task<string> RunSoundAsync(string line, CancellationToken token)
    {
        lock (s_lock)
        {
            if (s_shell?.IsReady != true)
            {
                s_shell?.Dispose();
                s_shell = Dial();
            }

            return s_shell.ExecuteAsync(line, token); // ok LCA3001: asked in the condition
        }
    }
}

/// <summary>Comes back by itself, and says so.</summary>
public sealed class SelfHealing(IConnectionMultiplexer redis, IServiceProvider services)
{
    private static readonly ConcurrentDictionary<string, IDatabase> s_databases = new();
    private HttpClient? _http;

    public Task<bool> MarkAsync(string machine) =>
        s_databases.GetOrAdd("ops", _ => redis.GetDatabase(3)).StringSetAsync(machine, "seen"); // ok LCA3001: the multiplexer reconnects

    public Task<string> PageAsync(CancellationToken token)
    {
        _http ??= services.GetRequiredService<HttpClient>();
        return _http.GetStringAsync("https://ops.example/page", token); // ok LCA3001: a client pools its own
    }
}

/// <summary>The synchronous multiplexer in a lazy keeps its first exception.</summary>
public static class RedisHome
{
    private static readonly Lazy<ConnectionMultiplexer> Kept = new(() => ConnectionMultiplexer.Connect("redis")); //! LCA3002
    private static readonly Lazy<ConnectionMultiplexer> Retried = new(() => ConnectionMultiplexer.Connect("redis"), LazyThreadSafetyMode.PublicationOnly); // ok LCA3002: keeps no exception

    public static IDatabase First => Kept.Value.GetDatabase();
    public static IDatabase Second => Retried.Value.GetDatabase();
}

/// <summary>SSH sessions in a stack under a lock: pushed back, popped unasked.</summary>
public sealed class SshShelf(Func<SshClient> dial)
{
    private readonly Stack<SshClient> _shelf = new();

    public string Run(string line)
    {
        SshClient? client = null;
        lock (_shelf)
        {
            if (_shelf.Count > 0) client = _shelf.Pop(); //! LCA3004
        }

        client ??= dial();
        using var command = client.RunCommand(line);
        var result = command.Result;
        lock (_shelf) _shelf.Push(client);
        return result;
    }
}

/// <summary>Each is asked by a word over the wire before it runs anything.</summary>
public sealed class ProbedSshShelf(Func<SshClient> dial)
{
    private readonly Stack<SshClient> _shelf = new();

    public string Run(string line)
    {
        var client = Pick() ?? dial();
        using var command = client.RunCommand(line);
        var result = command.Result;
        lock (_shelf) _shelf.Push(client);
        return result;
    }

    private SshClient? Pick()
    {
        while (true)
        {
            SshClient client;
            lock (_shelf)
            {
                if (_shelf.Count == 0) return null;
                client = _shelf.Pop(); // ok LCA3004: asked over the wire
            }

            if (Answers(client)) return client;
            client.Dispose();
        }
    }

    private static bool Answers(SshClient client)
    {
        try
        {
            client.SendKeepAlive();
            return client.IsConnected;
        }
        catch (Exception)
        {
            return false;
        }
    }
}

/// <summary>NATS comes back by itself, too; its publish waits for that.</summary>
public sealed class Announcer(NatsOpts options)
{
    private NatsConnection? _nats;

    public async Task AnnounceAsync(string machine, CancellationToken token)
    {
        _nats ??= new NatsConnection(options); //? LCA1001
        await _nats.PublishAsync("machines", machine, token); // ok LCA3001: reconnects by itself
    }
}
