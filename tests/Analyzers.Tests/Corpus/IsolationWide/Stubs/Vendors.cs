// Declarations of several vendors' types, as far as the cases use them.
namespace Harbour.Wire
{
    /// <summary>A vendor's request-response connection: one exchange at a time.</summary>
    public sealed class WireConnection : IDisposable, IAsyncDisposable
    {
        public static Task<WireConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken = default) => throw null!;
        public bool IsOpen => throw null!;
        public Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default) => throw null!;
        public Task<byte[]> ReceiveAsync(CancellationToken cancellationToken = default) => throw null!;
        public Task<byte[]> RequestAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default) => throw null!;
        public void Abort() { }
        public void Dispose() { }
        public ValueTask DisposeAsync() => default;
    }

    public sealed class WirePool
    {
        public ValueTask<WireConnection> RentAsync(CancellationToken cancellationToken = default) => throw null!;
        public void Return(WireConnection connection) { }
    }
}

namespace Grpc.Core
{
    public class Metadata { public string? GetValue(string key) => throw null!; }

    public abstract class ServerCallContext
    {
        public string Peer => throw null!;
        public string Method => throw null!;
        public CancellationToken CancellationToken => throw null!;
        public Metadata RequestHeaders => throw null!;
        public Metadata ResponseTrailers => throw null!;
    }

    public interface IServerStreamWriter<in T> { Task WriteAsync(T message); }
}
