// A replication log: the way to a replica is a delegate in a field.
using System.Net.Sockets;
using System.Text;

namespace Corpus.Sending.ReplicationLog;

public sealed record LogEntry(long Index, string Command);

public sealed class Journal
{
    public event Action<LogEntry>? Appended;
    public event Action<long>? Truncated;

    public void Append(LogEntry entry) => Appended?.Invoke(entry);

    public void Truncate(long index) => Truncated?.Invoke(index);
}

public sealed class Replica : IDisposable
{
    private readonly Socket _socket;
    private readonly Action<LogEntry> _ship;
    private readonly Action<long> _truncate;
    private readonly Action<long> _onProgress;

    public Replica(Socket socket, Journal journal, bool verbose, Action<long> onProgress)
    {
        _socket = socket;
        _onProgress = onProgress;
        _ship = verbose ? ShipVerbose : ShipTerse;
        _truncate = index => _socket.Send(Encoding.UTF8.GetBytes($"T{index}"));
        journal.Appended += OnAppended;
        journal.Truncated += index => _truncate(index); //! LCA2001
    }

    private void OnAppended(LogEntry entry)
    {
        _onProgress(entry.Index);
        _ship(entry); //! LCA2001
    }

    private void ShipTerse(LogEntry entry) => _socket.Send(Encoding.UTF8.GetBytes(entry.Command));

    private void ShipVerbose(LogEntry entry) => _socket.Send(Encoding.UTF8.GetBytes(entry.ToString()));

    public void Dispose() => _socket.Dispose();
}

public sealed class GuardedReplica : IDisposable
{
    private readonly Socket _socket;
    private readonly Action<LogEntry> _ship;
    private readonly Func<bool> _isOpen;
    private readonly Action<long> _foreign;
    private bool _disposed;

    public GuardedReplica(Socket socket, Journal journal, bool verbose, Action<long> foreign)
    {
        _socket = socket;
        _foreign = foreign;
        _isOpen = () => !_disposed;
        if (verbose) _ship = ShipVerbose;
        else _ship = ShipTerse;
        journal.Appended += OnAppended;
        // ok LCA2001: nobody here knows what the foreign delegate does
        journal.Truncated += index => _foreign(index);
    }

    // ok LCA2001: the flag decides
    private void OnAppended(LogEntry entry)
    {
        if (_disposed) return;
        _ship(entry);
    }

    // ok LCA2001: by the way of a delegate that returns the check
    public void Watch(Journal journal) => journal.Truncated += index =>
    {
        if (_isOpen()) _socket.Send(Encoding.UTF8.GetBytes($"T{index}"));
    };

    private void ShipTerse(LogEntry entry) => _socket.Send(Encoding.UTF8.GetBytes(entry.Command));

    private void ShipVerbose(LogEntry entry) => _socket.Send(Encoding.UTF8.GetBytes(entry.ToString()));

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose();
    }
}

/// <summary>All ways that the field can hold are guarded.</summary>
public sealed class SwitchingReplica
{
    private readonly Socket _socket;
    private Action<LogEntry> _ship;

    public SwitchingReplica(Socket socket, Journal journal)
    {
        _socket = socket;
        _ship = Drop;
        journal.Appended += entry => _ship(entry);
    }

    public void Activate() => _ship = Ship;

    private void Drop(LogEntry entry) { }

    // ok LCA2001: a closed socket's exceptions stay in here
    private void Ship(LogEntry entry)
    {
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(entry.Command));
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _ship = Drop;
        }
    }
}
