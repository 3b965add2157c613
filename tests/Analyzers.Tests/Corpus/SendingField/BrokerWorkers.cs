// Workers on RabbitMQ and MQTT: consumers that publish, retries, dead letters.
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Field.Sending.BrokerWorkers;

public sealed class InvoiceWorker
{
    private readonly IChannel _in;
    private readonly IChannel _out;
    private readonly ILogger _log;

    public InvoiceWorker(IChannel source, IChannel target, ILogger log)
    {
        _in = source;
        _out = target;
        _log = log;
        var consumer = new AsyncEventingBasicConsumer(source);
        consumer.ReceivedAsync += OnReceivedAsync;
        consumer.ShutdownAsync += (_, e) =>
        {
            _log.LogWarning("shut down: {Text}", e.ReplyText);
            return Task.CompletedTask;
        };
        Consumer = consumer;
    }

    public AsyncEventingBasicConsumer Consumer { get; }

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        var text = Encoding.UTF8.GetString(e.Body.Span);
        await ForwardAsync(text); //! LCA2001
        if (_in.IsOpen) await _in.BasicAckAsync(e.DeliveryTag, false);
    }

    private async Task ForwardAsync(string text) =>
        await _out.BasicPublishAsync("invoices", "done", Encoding.UTF8.GetBytes(text));
}

public sealed class SteadyInvoiceWorker
{
    private readonly IChannel _out;
    private readonly ILogger _log;

    public SteadyInvoiceWorker(IChannel source, IChannel target, ILogger log)
    {
        _out = target;
        _log = log;
        var consumer = new AsyncEventingBasicConsumer(source);
        consumer.ReceivedAsync += OnReceivedAsync;
        Consumer = consumer;
    }

    public AsyncEventingBasicConsumer Consumer { get; }

    // ok LCA2001: caught, base of what a closed channel throws
    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        try
        {
            await _out.BasicPublishAsync("invoices", "done", e.Body.ToArray());
        }
        catch (Exception ex)
        {
            _log.LogError(ex, "not forwarded");
        }
    }
}

public sealed class MqttEcho
{
    private readonly IMqttClient _client;

    public MqttEcho(IMqttClient client)
    {
        _client = client;
        _client.ApplicationMessageReceivedAsync += e => AnswerAsync(e.ApplicationMessage); //! LCA2001
        _client.ConnectedAsync += _ => BirthAsync();
        _client.DisconnectedAsync += LastWordsAsync;
    }

    private Task AnswerAsync(MqttApplicationMessage message) =>
        _client.PublishAsync(new MqttApplicationMessage { Topic = message.Topic + "/ack" });

    // ok LCA2001: connected is what the event says
    private Task BirthAsync() => _client.PublishAsync(new MqttApplicationMessage { Topic = "birth" });

    private async Task LastWordsAsync(MqttClientDisconnectedEventArgs e)
    {
        await _client.PublishAsync(new MqttApplicationMessage { Topic = "death" }); //! LCA2001
    }
}

public sealed class MqttRelay(IMqttClient local, IMqttClient cloud)
{
    // ok LCA2001: conditional expression and && decide
    public void Wire()
    {
        local.ApplicationMessageReceivedAsync += e => cloud.IsConnected
            ? cloud.PublishAsync(e.ApplicationMessage)
            : Task.CompletedTask;
        cloud.ApplicationMessageReceivedAsync += async e =>
        {
            var wanted = local.IsConnected && e.ApplicationMessage.Topic.StartsWith("cmd/", StringComparison.Ordinal);
            if (wanted) await local.PublishAsync(e.ApplicationMessage);
        };
    }
}

public sealed class MqttBuffer(IMqttClient client, ILogger log)
{
    private readonly Queue<MqttApplicationMessage> _waiting = new();

    public async Task FlushAsync(CancellationToken stop)
    {
        if (!client.IsConnected) return;
        await Task.Delay(250, stop);
        while (_waiting.TryDequeue(out var message))
            await client.PublishAsync(message, stop); //! LCA2002
    }

    // ok LCA2002: asked for every message
    public async Task FlushAskedAsync(CancellationToken stop)
    {
        await Task.Delay(250, stop);
        while (client.IsConnected && _waiting.TryDequeue(out var message))
            await client.PublishAsync(message, stop);
    }

    public async Task QuietAsync(MqttApplicationMessage message)
    {
        try
        {
            await client.PublishAsync(message);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    // ok LCA2005: it logs
    public async Task LoggedAsync(MqttApplicationMessage message)
    {
        try
        {
            await client.PublishAsync(message);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "lost {Topic}", message.Topic);
        }
    }

    // ok LCA2005: the answer tells
    public async Task<bool> TryPublishAsync(MqttApplicationMessage message)
    {
        try
        {
            await client.PublishAsync(message);
            return true;
        }
        catch
        {
            return false;
        }
    }
}

public sealed class HandlerField
{
    private readonly IMqttClient _client;
    private Func<string, Task> _publish;

    public HandlerField(IMqttClient client, System.IO.FileSystemWatcher watcher)
    {
        _client = client;
        _publish = PublishAsync;
        watcher.Changed += async (_, e) => await _publish(e.FullPath); //! LCA2001
    }

    private Task PublishAsync(string topic) => _client.PublishAsync(new MqttApplicationMessage { Topic = topic });

    public void Mute() => _publish = _ => Task.CompletedTask;
}
