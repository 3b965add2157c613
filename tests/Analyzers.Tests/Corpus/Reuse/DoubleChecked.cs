// Double-checked locking around a session: what is checked twice is null, not the session.
namespace Corpus.Reuse.DoubleChecked;

public sealed class MeterConnection : IDisposable
{
    private readonly string _address;

    private MeterConnection(string address) => _address = address;

    public static MeterConnection Open(string address) => new(address);

    public bool IsConnected { get; private set; } = true;

    public void Write(ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty) throw new IOException(_address);
    }

    public byte[] Execute(byte command) => [command];

    public void Dispose() => IsConnected = false;
}

public sealed class Meter(string address) : IDisposable
{
    private readonly object _sync = new();
    private volatile MeterConnection? _connection;

    private MeterConnection Connection
    {
        get
        {
            if (_connection is null)
            {
                lock (_sync)
                {
                    if (_connection is null) _connection = MeterConnection.Open(address);
                }
            }

            return _connection;
        }
    }

    public void Reset() => Connection.Write([0x40]); //! LCA3001

    public byte[] Read(byte register)
    {
        var connection = Connection;
        return connection.Execute(register); //! LCA3001
    }

    // ok LCA3001: asked before it is used
    public bool TryRead(byte register, out byte[] value)
    {
        var connection = Connection;
        if (!connection.IsConnected)
        {
            value = [];
            return false;
        }

        value = connection.Execute(register);
        return true;
    }

    public void Dispose() => _connection?.Dispose();
}

public sealed class ValidatedMeter(string address) : IDisposable
{
    private readonly Lock _sync = new();
    private MeterConnection? _connection;

    private MeterConnection Connection
    {
        get
        {
            var connection = Volatile.Read(ref _connection);
            if (connection is { IsConnected: true }) return connection;
            lock (_sync)
            {
                if (_connection is { IsConnected: true }) return _connection;
                _connection?.Dispose();
                return _connection = MeterConnection.Open(address);
            }
        }
    }

    // ok LCA3001: both looks ask the connection itself
    public void Reset() => Connection.Write([0x40]);

    // ok LCA3001: the same getter
    public byte[] Read(byte register)
    {
        var connection = Connection;
        return connection.Execute(register);
    }

    public void Dispose() => _connection?.Dispose();
}

public sealed class GatedMeter(Func<CancellationToken, Task<MeterConnection>> open) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private MeterConnection? _connection;

    private async ValueTask<MeterConnection> ConnectionAsync(CancellationToken stop)
    {
        if (_connection is { } there) return there;
        await _gate.WaitAsync(stop);
        try
        {
            return _connection ??= await open(stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<byte[]> ReadAsync(byte register, CancellationToken stop)
    {
        var connection = await ConnectionAsync(stop).ConfigureAwait(false);
        return connection.Execute(register); //! LCA3001
    }

    public async Task ResetAsync(CancellationToken stop) => (await ConnectionAsync(stop)).Write([0x40]); //! LCA3001

    // ok LCA3001: what fails is put out of the field by compare-and-exchange
    public async Task<byte[]> ReadOrDropAsync(byte register, CancellationToken stop)
    {
        var connection = await ConnectionAsync(stop);
        try
        {
            return connection.Execute(register);
        }
        catch (IOException)
        {
            Interlocked.CompareExchange(ref _connection, null, connection);
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _gate.Dispose();
    }
}

/// <summary>Checked and copied under the lock, used after it.</summary>
public sealed class CopiedMeter(string address)
{
    private readonly object _sync = new();
    private MeterConnection? _connection;

    public byte[] Read(byte register)
    {
        MeterConnection connection;
        lock (_sync)
        {
            if (_connection is not { IsConnected: true }) _connection = MeterConnection.Open(address);
            connection = _connection;
        }

        return connection.Execute(register); //? LCA3001
    }

    // ok LCA3001: checked and used under the same lock
    public byte[] ReadLocked(byte register)
    {
        lock (_sync)
        {
            if (_connection is not { IsConnected: true }) _connection = MeterConnection.Open(address);
            return _connection.Execute(register);
        }
    }

    /// <summary>The lock is there, the question is not.</summary>
    public byte[] ReadBlindly(byte register)
    {
        lock (_sync)
        {
            _connection ??= MeterConnection.Open(address);
            return _connection.Execute(register); //! LCA3001
        }
    }
}
