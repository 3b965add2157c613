using System.Collections.Concurrent;

namespace Staff.Directory;

/// <summary>What an LDAP library hands out: bound, searched, unbound.</summary>
public interface ILdapConnection : IDisposable
{
    bool IsConnected { get; }
    Task BindAsync(string user, string password, CancellationToken cancellationToken);
    Task<IReadOnlyList<string>> ExecuteSearchAsync(string filter, CancellationToken cancellationToken);
    void SendModify(string dn, string attribute, string value);
}

public interface ILdapDialer
{
    Task<ILdapConnection> DialAsync(string realm, CancellationToken cancellationToken);
    ILdapConnection Dial(string realm);
}

public sealed class RealmNotServedException(string realm) : Exception(realm);

/// <summary>A connection for each realm, made at the first question.</summary>
public sealed class RealmDirectory(ILdapDialer dialer)
{
    private readonly Dictionary<string, ILdapConnection> _byRealm = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<string[]> MembersOfAsync(string realm, string group, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_byRealm.TryGetValue(realm, out var bound))
            {
                bound = await dialer.DialAsync(realm, cancellationToken);
                _byRealm[realm] = bound;
            }

            var hits = await bound.ExecuteSearchAsync($"(memberOf={group})", cancellationToken); //! LCA3001
            return [.. hits.Order()];
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>The check stands in an extension method that the look-up filters with.</summary>
public sealed class FilteredDirectory(ILdapDialer dialer)
{
    private readonly ConcurrentDictionary<string, ILdapConnection> _byRealm = new();

    public async Task<string[]> MembersOfAsync(string realm, string group, CancellationToken cancellationToken)
    {
        var bound = _byRealm.TryGetValue(realm, out var found) && found.Serves() ? found : await RenewAsync(realm, cancellationToken);
        var hits = await bound.ExecuteSearchAsync($"(memberOf={group})", cancellationToken); // ok LCA3001: only one that serves is used
        return [.. hits.Order()];
    }

    private async Task<ILdapConnection> RenewAsync(string realm, CancellationToken cancellationToken)
    {
        if (_byRealm.TryRemove(realm, out var dead)) dead.Dispose();
        var fresh = await dialer.DialAsync(realm, cancellationToken);
        _byRealm[realm] = fresh;
        return fresh;
    }
}

internal static class LdapExtensions
{
    public static bool Serves(this ILdapConnection connection) => connection.IsConnected;

    public static async Task<T> OrForgetAsync<T>(this ConcurrentDictionary<string, ILdapConnection> shelf, string realm, Func<ILdapConnection, Task<T>> work)
    {
        var connection = shelf[realm];
        try
        {
            return await work(connection);
        }
        catch (IOException)
        {
            if (shelf.TryRemove(realm, out var dead)) dead.Dispose();
            throw;
        }
    }
}

/// <summary>Says in the log that it failed, and keeps what failed.</summary>
public sealed class LoggedDirectory(ILdapDialer dialer, Action<Exception> log)
{
    private ILdapConnection? _bound;

    public void Rename(string dn, string name)
    {
        try
        {
            _bound ??= dialer.Dial("hq"); //! LCA3002
            _bound.SendModify(dn, "displayName", name); //? LCA3001
        }
        catch (Exception failure)
        {
            log(failure);
            throw;
        }
    }

    public static LoggedDirectory ForTests(ILdapDialer dialer) => new(dialer, static _ => { });
}

/// <summary>Whatever fails, the next call dials again.</summary>
public sealed class DroppedDirectory(ILdapDialer dialer, Action<Exception> log)
{
    private ILdapConnection? _bound;

    public void Rename(string dn, string name)
    {
        try
        {
            _bound ??= dialer.Dial("hq"); // ok LCA3002: dropped below
            _bound.SendModify(dn, "displayName", name); // ok LCA3001: dropped below
        }
        catch (Exception failure)
        {
            log(failure);
            Forget();
            throw;
        }
    }

    private void Forget() => Interlocked.Exchange(ref _bound, null)?.Dispose();
}

/// <summary>Closed when idle, but the field still holds it.</summary>
public sealed class IdleDirectory(ILdapDialer dialer) : IDisposable
{
    private readonly object _sync = new();
    private ILdapConnection? _bound;
    private Timer? _idle;

    public void Touch(string dn)
    {
        lock (_sync)
        {
            if (_bound == null) _bound = dialer.Dial("branch");
            _idle ??= new Timer(_ => Rest(), null, 60_000, 60_000);
            _bound.SendModify(dn, "lastSeen", DateTime.UtcNow.ToString("O")); //! LCA3001
        }
    }

    private void Rest()
    {
        lock (_sync) _bound?.Dispose();
    }

    public void Dispose() => _idle?.Dispose();
}
