// Uses inside a try: what the catch does with the session that failed.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.EvictingCatches;

public interface IVaultSession : IDisposable
{
    bool IsOpen { get; }
    byte[] Request(string path);
    Task WriteAsync(string path, byte[] value, CancellationToken stop);
}

public sealed class VaultException(string message, bool fatal) : IOException(message)
{
    public bool IsFatal { get; } = fatal;
}

public sealed class Vault(Func<IVaultSession> open, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IVaultSession? _session;

    // ok LCA3001: the filter lets what the network throws into a catch that drops the session
    public byte[] Read(string path)
    {
        _session ??= open();
        try
        {
            return _session.Request(path);
        }
        catch (Exception ex) when (ex is IOException or SocketException or ObjectDisposedException)
        {
            log.LogWarning(ex, "vault session dropped");
            _session = null;
            throw;
        }
    }

    // ok LCA3001: opened in the try, dropped by a helper in the catch
    public async Task WriteAsync(string path, byte[] value, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            _session ??= open();
            await _session.WriteAsync(path, value, stop);
        }
        catch (Exception ex)
        {
            DropSession(ex);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private void DropSession(Exception reason)
    {
        log.LogWarning(reason, "vault session dropped");
        Interlocked.Exchange(ref _session, null)?.Dispose();
    }

    // ok LCA3001: the catch replaces the session by a new one
    public byte[] ReadOrReplace(string path)
    {
        _session ??= open();
        try
        {
            return _session.Request(path);
        }
        catch (IOException ex)
        {
            log.LogWarning(ex, "vault session replaced");
            _session.Dispose();
            _session = open();
            throw;
        }
    }

    /// <summary>The catch counts, the session stays: whether this is this rule's or LCA3002's, the user reads one of them.</summary>
    public byte[]? ReadOrNull(string path)
    {
        _session ??= open();
        try
        {
            return _session.Request(path); //? LCA3001
        }
        catch (IOException ex)
        {
            log.LogError(ex, "{Path} not read", path);
            return null;
        }
    }

    /// <summary>The try has a finally, and no catch at all.</summary>
    public byte[] ReadGated(string path)
    {
        _gate.Wait();
        try
        {
            _session ??= open();
            return _session.Request(path); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The try ends before the use.</summary>
    public byte[] ReadAfterwards(string path)
    {
        try
        {
            _session ??= open();
        }
        catch (SocketException)
        {
            _session = null;
            throw;
        }

        return _session.Request(path); //! LCA3001
    }

    /// <summary>A flag and a finally do the work of a catch.</summary>
    public byte[] ReadFlagged(string path)
    {
        var done = false;
        _session ??= open();
        try
        {
            var value = _session.Request(path); //? LCA3001
            done = true;
            return value;
        }
        finally
        {
            if (!done)
            {
                _session.Dispose();
                _session = null;
            }
        }
    }
}

public sealed class VaultDirectory(Func<string, IVaultSession> open)
{
    private readonly ConcurrentDictionary<string, IVaultSession> _vaults = new();

    // ok LCA3001: the outer catch of the loop evicts, and the loop takes another
    public byte[] Read(string vault, string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            var session = _vaults.GetOrAdd(vault, open);
            try
            {
                return session.Request(path);
            }
            catch (IOException) when (attempt < 2)
            {
                _vaults.TryRemove(KeyValuePair.Create(vault, session));
                session.Dispose();
            }
        }
    }

    // ok LCA3001: two catches, and the one for lost sessions evicts
    public byte[] ReadCarefully(string vault, string path)
    {
        var session = _vaults.GetOrAdd(vault, open);
        try
        {
            return session.Request(path);
        }
        catch (KeyNotFoundException)
        {
            return [];
        }
        catch (IOException)
        {
            _vaults.TryRemove(vault, out _);
            session.Dispose();
            throw;
        }
    }

    // ok LCA3001: the caller's catch is the one that evicts
    public byte[] ReadThrough(string vault, string path)
    {
        var session = _vaults.GetOrAdd(vault, open);
        try
        {
            return RequestTwice(session, path);
        }
        catch
        {
            _vaults.TryRemove(vault, out _);
            session.Dispose();
            throw;
        }
    }

    private static byte[] RequestTwice(IVaultSession session, string path)
    {
        var first = session.Request(path);
        return first.Length > 0 ? first : session.Request(path + "/default");
    }

    public byte[] ReadPlainly(string vault, string path)
    {
        if (_vaults.TryGetValue(vault, out var session)) return session.Request(path); //! LCA3001
        var opened = open(vault);
        _vaults[vault] = opened;
        return opened.Request(path);
    }
}
