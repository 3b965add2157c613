// Ships diagnostics to a collector: observers are called by whoever writes events.
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.TelemetryObservers;

public sealed class CollectorObserver(Socket collector) : IObserver<KeyValuePair<string, object?>>
{
    public void OnNext(KeyValuePair<string, object?> value)
    {
        var line = Encoding.UTF8.GetBytes($"{value.Key}={value.Value}\n");
        collector.Send(line); //! LCA2001
    }

    public void OnError(Exception error)
    {
        Flush("error " + error.Message); //! LCA2001
    }

    // ok LCA2001: caught
    public void OnCompleted()
    {
        try
        {
            Flush("done");
        }
        catch (SocketException)
        {
            collector.Close();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void Flush(string last) => collector.Send(Encoding.UTF8.GetBytes(last + "\n"));
}

public sealed class GuardedCollectorObserver(Socket collector, ILogger log) : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private volatile bool _disposed;
    private int _dropped;

    // ok LCA2001: the closing flag of the object that owns the socket
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (_disposed)
        {
            _dropped++;
            return;
        }
        collector.Send(Encoding.UTF8.GetBytes($"{value.Key}={value.Value}\n"));
    }

    // ok LCA2001: logs, sends nothing
    public void OnError(Exception error) => log.LogError(error, "source failed");

    public void OnCompleted() => log.LogInformation("{Count} dropped", _dropped);

    public void Dispose()
    {
        _disposed = true;
        collector.Dispose();
    }
}

public sealed class ListenerWatcher(Func<string, CollectorSession> open) : IObserver<DiagnosticListener>
{
    // ok LCA2001: the session is made here
    public void OnNext(DiagnosticListener listener)
    {
        var session = open(listener.Name);
        listener.Subscribe(new SessionObserver(session));
    }

    public void OnError(Exception error) { }

    public void OnCompleted() { }

    private sealed class SessionObserver(CollectorSession session) : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value) => session.Post(value.Key, value.Value); //! LCA2001

        public void OnError(Exception error) => session.Close();

        public void OnCompleted() => session.Close();
    }
}

public abstract class CollectorSession
{
    public abstract bool IsAlive { get; }

    public abstract void Post(string name, object? value);

    public abstract void Close();
}
