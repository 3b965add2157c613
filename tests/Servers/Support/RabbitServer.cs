using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;

namespace LifecycleAnalyzers.Servers.Tests;

public sealed class RabbitServer : LocalServer
{
    private readonly string _server = Installed.Program("rabbitmq-server", "rabbitmq-server", "/usr/lib/rabbitmq/lib/*/sbin");
    private readonly int _distribution = FreePort();
    private readonly int _nameService = FreePort();

    public Uri Address => new($"amqp://guest:guest@127.0.0.1:{Port}/");

    /// <summary>The entries that wait in a queue, in its order; they stay there.</summary>
    public async Task<List<int>> QueueAsync(string queue, CancellationToken stop)
    {
        await using var connection = await new ConnectionFactory { Uri = Address, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        var entries = new List<int>();
        while (await channel.BasicGetAsync(queue, autoAck: false, stop) is { } entry) entries.Add(int.Parse(Encoding.ASCII.GetString(entry.Body.Span)));
        return entries;
    }

    protected override Task PrepareAsync(CancellationToken stop) => File.WriteAllTextAsync(Path.Combine(Folder, "plugins"), "[].", stop);

    protected override ProcessStartInfo Command()
    {
        // The broker asks a name service for its nodes; it has one of its own, which ends with it.
        var command = new ProcessStartInfo("/bin/sh", ["-c", $"epmd -port {_nameService} & exec '{_server}'"]);
        var settings = new Dictionary<string, string>
        {
            ["HOME"] = Folder,
            ["ERL_EPMD_PORT"] = $"{_nameService}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"lifecycle{Port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{Port}",
            ["RABBITMQ_DIST_PORT"] = $"{_distribution}",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(Folder, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = Path.Combine(Folder, "pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(Folder, "plugins"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(Folder, "config"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(Folder, "rabbitmq"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(Folder, "none"),
        };
        foreach (var (name, value) in settings) command.Environment[name] = value;
        return command;
    }

    protected override async Task AskAsync(CancellationToken stop)
    {
        await using var connection = await new ConnectionFactory { Uri = Address, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.QueueDeclareAsync("ask", durable: false, exclusive: true, autoDelete: true, cancellationToken: stop);
    }
}
