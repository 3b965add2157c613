// A gateway between field devices and an MQTT broker.
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using MQTTnet.Exceptions;

namespace Corpus.Sending.IotGatewayMqtt;

public sealed class Device
{
    public event EventHandler<double>? Measured;
    public event Action? Tampered;

    public string Id { get; init; } = "";

    public void Report(double value) => Measured?.Invoke(this, value);

    public void Open() => Tampered?.Invoke();
}

public sealed class Gateway : IDisposable
{
    private readonly IMqttClient _client;
    private readonly System.Timers.Timer _status = new(60_000);

    public Gateway(IMqttClient client, Device device)
    {
        _client = client;
        device.Measured += async (_, value) => await _client.PublishAsync(Message("value", value.ToString("R"))); //! LCA2001
        device.Tampered += Alarm;
        _status.Elapsed += OnStatus;
        _client.ConnectedAsync += OnConnectedAsync;
        _client.ApplicationMessageReceivedAsync += async e =>
        {
            if (e.ApplicationMessage.Topic != "cmd/ping") return;
            await _client.PublishAsync(Message("pong", "")); //! LCA2001
        };
    }

    private void Alarm()
    {
        void Raise(string what) => _client.PublishAsync(Message("alarm", what)).GetAwaiter().GetResult();

        Raise("tampered"); //! LCA2001
    }

    private async void OnStatus(object? sender, System.Timers.ElapsedEventArgs e)
    {
        try
        {
            await _client.PublishAsync(Message("status", "up")); //! LCA2001
        }
        catch (OperationCanceledException)
        {
            _status.Stop();
        }
    }

    // ok LCA2001: the event proves the state
    private async Task OnConnectedAsync(MqttClientConnectedEventArgs e) => await _client.PublishAsync(Message("status", "online"));

    private static MqttApplicationMessage Message(string topic, string text) =>
        new() { Topic = topic, PayloadSegment = Encoding.UTF8.GetBytes(text) };

    public void Dispose() => _status.Dispose();
}

public sealed class PatientGateway
{
    private readonly IMqttClient _client;
    private readonly ILogger _log;
    private readonly Queue<MqttApplicationMessage> _later = new();

    public PatientGateway(IMqttClient client, Device device, ILogger log)
    {
        (_client, _log) = (client, log);
        device.Measured += async (_, value) => await PublishOrKeepAsync("value", value.ToString("R"));
        device.Tampered += async () => await AlarmAsync();
    }

    // ok LCA2001: what cannot be sent is kept
    private async Task PublishOrKeepAsync(string topic, string text)
    {
        var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = Encoding.UTF8.GetBytes(text) };
        if (_client.IsConnected)
        {
            await _client.PublishAsync(message);
        }
        else
        {
            lock (_later) _later.Enqueue(message);
        }
    }

    // ok LCA2001: what a client that is not connected throws is caught
    private async Task AlarmAsync()
    {
        try
        {
            await _client.PublishAsync(new MqttApplicationMessage { Topic = "alarm" });
        }
        catch (MqttCommunicationException ex)
        {
            _log.LogWarning(ex, "alarm not sent");
        }
    }
}
