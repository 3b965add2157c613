// A vendor's exchange session: found by convention (name, send, state, end, event Faulted).
#nullable enable
namespace Acme.Venue
{
    public sealed class VenueSession : IAsyncDisposable, IDisposable
    {
        public VenueSession(string host, int port) { }
        public event EventHandler<Exception>? Faulted { add { } remove { } }
        public event EventHandler<string>? Received { add { } remove { } }
        public bool IsConnected => throw null!;
        public Task ConnectAsync() => throw null!;
        public Task ConnectAsync(CancellationToken cancellationToken) => throw null!;
        public Task SendAsync(string message, CancellationToken cancellationToken = default) => throw null!;
        public Task CloseAsync() => throw null!;
        public void Dispose() { }
        public ValueTask DisposeAsync() => default;
    }
}
