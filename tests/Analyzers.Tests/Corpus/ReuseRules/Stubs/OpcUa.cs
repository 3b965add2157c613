// Declarations of the OPC UA client, as far as the cases use them.
namespace Opc.Ua
{
    public struct StatusCode { public static bool IsBad(StatusCode code) => throw null!; }
    public class ServiceResult { public static bool IsBad(ServiceResult? result) => throw null!; }
    public class DataValue { public object? Value => throw null!; }
    public class NodeId { public NodeId(string text) { } }
}

namespace Opc.Ua.Client
{
    public class KeepAliveEventArgs : EventArgs { public Opc.Ua.ServiceResult? Status => throw null!; }
    public delegate void KeepAliveEventHandler(ISession session, KeepAliveEventArgs e);
    public interface ISession : IDisposable
    {
        event KeepAliveEventHandler KeepAlive;
        event EventHandler SessionClosing;
        bool Connected { get; }
        bool KeepAliveStopped { get; }
        Opc.Ua.DataValue ReadValue(Opc.Ua.NodeId nodeId);
        Task<Opc.Ua.DataValue> ReadValueAsync(Opc.Ua.NodeId nodeId, CancellationToken ct = default);
        void Reconnect();
        Opc.Ua.StatusCode Close();
    }
}
