// A client that posts orders over HTTP/2, several at a time on one connection. The session is cached and forgotten
// when it tells that it closed. A server that says GOAWAY still answers what it has, and so the session closes late:
// the callbacks of its last streams come before, and ask the cached session for the next order.
using System.Collections.Concurrent;
using System.Net;

namespace Incidents.Http2Goaway;

/// <summary>Keeps so many orders on their way at a time: the next one goes when the stream of one has ended.</summary>
public sealed class OrderClient(IPEndPoint server) : IDisposable
{
    private readonly ConcurrentQueue<string> _waiting = new();
    private readonly Lock _dispatching = new();
    private Http2Session? _session;

    public event EventHandler<OrderStream>? Finished;

    /// <summary>Something was learned that whoever watches the client may want to know.</summary>
    public event EventHandler? SessionGoesAway;

    public ConcurrentQueue<string> Sent { get; } = new();

    public int SessionsOpened { get; private set; }

    public void Enqueue(string order) => _waiting.Enqueue(order);

    public void Start(int atATime)
    {
        for (var slot = 0; slot < atATime; slot++) DispatchNext();
    }

    public void Dispose()
    {
        _session?.Dispose();
        _session = null;
    }

    private void OnStreamEnded(object? sender, EventArgs e)
    {
        if (sender is not OrderStream stream) return;

        // The server did nothing with a refused one, so that it may go again; of an interrupted one nobody knows.
        if (stream.End == StreamEnd.Refused) _waiting.Enqueue(stream.Order);
        else Finished?.Invoke(this, stream);
        DispatchNext();
    }

    private void DispatchNext()
    {
        if (!_waiting.TryDequeue(out var order)) return;

        lock (_dispatching)
        {
            if (_session is null)
            {
                var opened = Http2Session.Connect(server);
                opened.Closed += ForgetSession;
                opened.GoingAway += (_, _) => SessionGoesAway?.Invoke(this, EventArgs.Empty);
                SessionsOpened++;
                _session = opened;
            }

            _session.Request(order, OnStreamEnded); //! LCA3001
            Sent.Enqueue(order);
        }
    }

    private void ForgetSession(object? sender, EventArgs e)
    {
        lock (_dispatching)
        {
            if (ReferenceEquals(sender, _session)) _session = null;
        }
    }
}
