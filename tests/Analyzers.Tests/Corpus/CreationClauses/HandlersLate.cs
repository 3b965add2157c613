using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using Renci.SshNet;
using SocketIOClient;

namespace Clauses.HandlersLate;

public interface ISensorConnection : IDisposable
{
    event Action<Exception>? ConnectionFailed;
    bool IsConnected { get; }
    Task ConnectAsync(CancellationToken stop);
    Task SendAsync(byte[] frame, CancellationToken stop);
}

public sealed class SensorDesk(Func<ISensorConnection> make)
{
    private ISensorConnection? _sensor;

    public async Task BeginAsync(CancellationToken stop)
    {
        var sensor = make();
        await sensor.ConnectAsync(stop); //! LCA1001
        sensor.ConnectionFailed += Failed;
        _sensor = sensor;
    }

    private void Failed(Exception error) => Console.Error.WriteLine(error.Message);

    public void End() => _sensor?.Dispose();
}

public sealed class CarefulSensorDesk(Func<ISensorConnection> make)
{
    private ISensorConnection? _sensor;

    public async Task BeginAsync(CancellationToken stop)
    {
        var sensor = make();
        Listen();
        await sensor.ConnectAsync(stop);
        _sensor = sensor;

        void Listen() => sensor.ConnectionFailed += e => Console.Error.WriteLine(e.Message);
    }

    public void End() => _sensor?.Dispose();
}

public static class SshExtensions
{
    public static TClient WithLog<TClient>(this TClient client, ILogger log) where TClient : BaseClient
    {
        client.ErrorOccurred += (_, e) => log.LogError(e.Exception, "ssh");
        return client;
    }
}

public sealed class Deployer(ILogger<Deployer> log) : IDisposable
{
    private SftpClient? _files;

    public void Open(string host)
    {
        _files = new SftpClient(host, "deploy", "secret").WithLog(log);
        _files.Connect();
    }

    public void Dispose() => _files?.Dispose();
}

public abstract class OpeningBase : IDisposable
{
    protected readonly WebSocket4Net.WebSocket Socket;

    protected OpeningBase(string uri)
    {
        Socket = new WebSocket4Net.WebSocket(uri);
        Socket.Open(); //! LCA1001
    }

    public void Dispose() => Socket.Dispose();
}

public sealed class LateDerived : OpeningBase
{
    public LateDerived(string uri) : base(uri)
    {
        Socket.MessageReceived += (_, e) => Console.WriteLine(e.Message);
    }
}

public sealed class ChatRoom
{
    private readonly SocketIO _io;

    public ChatRoom(string uri)
    {
        _io = new SocketIO(uri);
    }

    public async Task JoinAsync(string name)
    {
        await _io.ConnectAsync(); //! LCA1001
        _io.OnError += (_, e) => Console.Error.WriteLine(e);
        await _io.EmitAsync("join", name);
    }

    public Task LeaveAsync() => _io.DisconnectAsync();
}

public sealed class NatsJob
{
    public async Task RunAsync(string subject, byte[] payload, CancellationToken stop)
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = "nats://localhost" });
        await nats.ConnectAsync().AsTask().WaitAsync(stop);
        await nats.PublishAsync(subject, payload, stop);
    }
}

public sealed class StaticUplink
{
    private static readonly SshClient s_shell = new("gateway", "svc", "secret");

    public static void Warm() => s_shell.Connect(); //! LCA1001

    public static string Ask(string what) => s_shell.RunCommand(what).Result; //! LCA3001
}

public sealed record Terminal(string Host)
{
    private readonly SshClient _shell = Made(Host);

    private static SshClient Made(string host)
    {
        var shell = new SshClient(host, "svc", "secret");
        shell.ErrorOccurred += (_, e) => Console.Error.WriteLine(e.Exception);
        return shell;
    }

    public void Open() => _shell.Connect();

    public string Run(string line) => _shell.RunCommand(line).Result;
}

public sealed class PerHost : IDisposable
{
    private readonly Dictionary<string, SshClient> _shells = [];

    public SshClient this[string host]
    {
        get
        {
            if (_shells.TryGetValue(host, out var known) && known.IsConnected) return known;
            var shell = new SshClient(host, "svc", "secret");
            shell.ErrorOccurred += (sender, _) => Drop((SshClient)sender!);
            try
            {
                shell.Connect();
            }
            catch
            {
                shell.Dispose();
                throw;
            }

            return _shells[host] = shell;
        }
    }

    private void Drop(SshClient shell) => _shells.Where(p => p.Value == shell).Select(p => p.Key).ToList().ForEach(k => _shells.Remove(k));

    public void Dispose()
    {
        foreach (var shell in _shells.Values) shell.Dispose();
    }
}
