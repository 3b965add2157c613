// Declarations of NATS.Client 1, as far as the cases use them.
namespace NATS.Client
{
    public enum ConnState { DISCONNECTED, CONNECTED, CLOSED, RECONNECTING, CONNECTING }
    public class Options { public string? Url { get; set; } public bool AllowReconnect { get; set; } }
    public class Msg { public byte[] Data => throw null!; }
    public interface IConnection : IDisposable
    {
        ConnState State { get; }
        void Publish(string subject, byte[] data);
        Task<Msg> RequestAsync(string subject, byte[] data, int timeout);
        bool IsClosed();
        void Close();
    }
    public class ConnectionFactory { public IConnection CreateConnection(string url) => throw null!; public IConnection CreateConnection(Options options) => throw null!; }
}
