// Getters that sit in a base class, and a cache that is generic: the use is in the derived class.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Corpus.Reuse.BaseGetters;

public interface IDeviceSession : IDisposable
{
    bool IsOpen { get; }
    byte[] Execute(byte[] command);
    Task SendAsync(byte[] command, CancellationToken stop);
}

/// <summary>Opens on first use, for every driver that derives from it.</summary>
public abstract class LazyDriver : IDisposable
{
    private IDeviceSession? _session;

    protected abstract IDeviceSession Open();

    protected IDeviceSession Session => _session ??= Open();

    protected void Forget()
    {
        _session?.Dispose();
        _session = null;
    }

    public void Dispose() => Forget();
}

public sealed class Thermostat(Func<IDeviceSession> open) : LazyDriver
{
    protected override IDeviceSession Open() => open();

    public byte[] Temperature() => Session.Execute([0x10]); //! LCA3001

    // ok LCA3001: the base class's helper evicts
    public byte[] TemperatureOrForget()
    {
        try
        {
            return Session.Execute([0x10]);
        }
        catch (IOException)
        {
            Forget();
            throw;
        }
    }

    // ok LCA3001: asked through a local
    public byte[]? TemperatureIfOpen()
    {
        var session = Session;
        return session.IsOpen ? session.Execute([0x10]) : null;
    }
}

/// <summary>Validates in its getter, for every driver that derives from it.</summary>
public abstract class ValidatingDriver : IDisposable
{
    private IDeviceSession? _session;

    protected abstract IDeviceSession Open();

    protected IDeviceSession Session
    {
        get
        {
            if (_session is null || !_session.IsOpen)
            {
                _session?.Dispose();
                _session = Open();
            }

            return _session;
        }
    }

    public void Dispose() => _session?.Dispose();
}

public sealed class Valve(Func<IDeviceSession> open) : ValidatingDriver
{
    protected override IDeviceSession Open() => open();

    // ok LCA3001: the base class's getter asks
    public byte[] Turn(byte degrees) => Session.Execute([0x20, degrees]);

    // ok LCA3001: the same getter, its answer used at once
    public Task TurnAsync(byte degrees, CancellationToken stop) => Session.SendAsync([0x20, degrees], stop);
}

/// <summary>A cache for any key and any value; it knows nothing of being open.</summary>
public class OpenOnce<TKey, TValue>(Func<TKey, TValue> open) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = new();

    public TValue this[TKey key] => Get(key);

    public TValue Get(TKey key) => _values.GetOrAdd(key, open);

    public bool Remove(TKey key) => _values.TryRemove(key, out _);
}

public sealed class DeviceBus(Func<int, IDeviceSession> open)
{
    private readonly OpenOnce<int, IDeviceSession> _sessions = new(open);
    private readonly OpenOnce<string, string> _names = new(static key => key.ToUpperInvariant());

    public byte[] Ask(int device, byte[] command)
    {
        var session = _sessions.Get(device);
        return session.Execute(command); //! LCA3001
    }

    // ok LCA3001: asked, and removed when it is closed
    public byte[] AskOpen(int device, byte[] command)
    {
        var session = _sessions.Get(device);
        while (!session.IsOpen)
        {
            _sessions.Remove(device);
            session.Dispose();
            session = _sessions.Get(device);
        }

        return session.Execute(command);
    }

    // ok LCA3001: the cache's own Remove is the eviction
    public byte[] AskOrRemove(int device, byte[] command)
    {
        var session = _sessions.Get(device);
        try
        {
            return session.Execute(command);
        }
        catch
        {
            _sessions.Remove(device);
            session.Dispose();
            throw;
        }
    }

    // ok LCA3001: strings have no lifecycle
    public string Name(string key) => _names[key];
}

/// <summary>A session cache made for the purpose: abstract open, protected look-up.</summary>
public abstract class SessionsByHost<TSession> where TSession : class, IDisposable
{
    private readonly Dictionary<string, TSession> _byHost = new(StringComparer.OrdinalIgnoreCase);

    protected abstract TSession Open(string host);

    protected TSession Look(string host)
    {
        lock (_byHost)
        {
            if (!_byHost.TryGetValue(host, out var session)) _byHost[host] = session = Open(host);
            return session;
        }
    }
}

public sealed class WireHosts(int port) : SessionsByHost<TcpClient>
{
    protected override TcpClient Open(string host) => new(host, port);

    public void Tell(string host, byte[] line) => Look(host).GetStream().Write(line); //! LCA3001
}

public sealed class ReceivingSocket(EndPoint peer) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Dgram, ProtocolType.Udp);

    // ok LCA3001: opened by its constructor's initialiser, nothing lazy about it
    public int Ping() => _socket.SendTo([1], peer);

    public void Dispose() => _socket.Dispose();
}
