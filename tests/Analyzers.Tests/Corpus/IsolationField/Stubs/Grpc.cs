// Declarations of Grpc.Core and Grpc.AspNetCore, as far as the cases use them.
namespace Grpc.Core
{
    public abstract class ServerCallContext
    {
        public CancellationToken CancellationToken => default;
        public string Peer => throw null!;
        public DateTime Deadline => default;
        public Task WriteResponseHeadersAsync(object headers) => Task.CompletedTask;
    }

    public interface IServerStreamWriter<in T>
    {
        Task WriteAsync(T message);
        Task WriteAsync(T message, CancellationToken cancellationToken);
    }
}
