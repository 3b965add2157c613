// Declarations of MQTTnet 5, as far as the cases use them.
namespace MQTTnet
{
    public class MqttApplicationMessage
    {
        public string Topic { get; set; } = "";
        public ArraySegment<byte> PayloadSegment { get; set; }
        public System.Buffers.ReadOnlySequence<byte> Payload => throw null!;
        public bool Retain { get; set; }
    }

    public class MqttApplicationMessageBuilder
    {
        public MqttApplicationMessageBuilder WithTopic(string topic) => throw null!;
        public MqttApplicationMessageBuilder WithPayload(string payload) => throw null!;
        public MqttApplicationMessage Build() => throw null!;
    }

    public class MqttClientOptions { }
    public class MqttClientConnectResult { }
    public class MqttClientPublishResult { }
    public class MqttClientDisconnectedEventArgs : EventArgs { public Exception? Exception => throw null!; }
    public class MqttApplicationMessageReceivedEventArgs : EventArgs { public MqttApplicationMessage ApplicationMessage => throw null!; }

    public interface IMqttClient : IDisposable
    {
        event Func<MqttApplicationMessageReceivedEventArgs, Task> ApplicationMessageReceivedAsync;
        event Func<MqttClientDisconnectedEventArgs, Task> DisconnectedAsync;
        bool IsConnected { get; }
        Task<MqttClientConnectResult> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken = default);
        Task<MqttClientPublishResult> PublishAsync(MqttApplicationMessage applicationMessage, CancellationToken cancellationToken = default);
    }
}
