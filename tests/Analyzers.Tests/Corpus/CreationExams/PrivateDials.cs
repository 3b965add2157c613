// Dials through own interfaces and generic wrappers: who bounds them, who watches them?
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Renci.SshNet;

namespace HeldOut.Creation.PrivateDials;

public interface ITransport : IAsyncDisposable
{
    bool IsConnected { get; }
    event EventHandler<Exception>? ErrorOccurred;
    Task ConnectAsync(string host);
    Task ConnectAsync(string host, CancellationToken ct);
    Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct);
}

public sealed class Supervisor<TTransport>(Func<TTransport> make, ILogger log)
    where TTransport : class, ITransport
{
    private TTransport? _transport;

    public async Task OpenAsync(string host)
    {
        _transport = make();
        _transport.ErrorOccurred += OnError;
        await _transport.ConnectAsync(host); //! LCA1008
    }

    // ok LCA1008: the token goes in
    public async Task OpenAsync(string host, CancellationToken ct)
    {
        _transport = make();
        _transport.ErrorOccurred += OnError;
        await _transport.ConnectAsync(host, ct);
    }

    // ok LCA1008: bounded around it
    public async Task OpenWithinAsync(string host, TimeSpan limit)
    {
        _transport = make();
        _transport.ErrorOccurred += OnError;
        await _transport.ConnectAsync(host).WaitAsync(limit); //? LCA1004
    }

    private void OnError(object? sender, Exception error) => log.LogError(error, "transport");
}

public sealed class Launcher(Func<ITransport> make, ILogger log)
{
    private ITransport? _kept;

    public async Task LaunchAsync(string host, CancellationToken ct)
    {
        var transport = make();
        await transport.ConnectAsync(host, ct); //! LCA1001
        transport.ErrorOccurred += (_, e) => log.LogError(e, "transport");
        _kept = transport;
    }

    // ok LCA1001: the helper that makes it has attached
    public async Task LaunchWatchedAsync(string host, CancellationToken ct)
    {
        var transport = Watched();
        await transport.ConnectAsync(host, ct);
        _kept = transport;
    }

    private ITransport Watched()
    {
        var transport = make();
        transport.ErrorOccurred += Report;
        return transport;

        void Report(object? sender, Exception error) => log.LogError(error, "transport");
    }

    // ok LCA1001: it leaves before it opens; whoever takes it attaches
    public ITransport Prepare() => make();

    public ValueTask CloseAsync() => _kept?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public abstract class ShellBase(ILogger log) : IDisposable
{
    protected SshClient Ssh { get; private set; } = null!;

    protected abstract SshClient Create();

    // ok LCA1001: every derived shell is watched here
    public void Open()
    {
        Ssh = Create();
        Ssh.ErrorOccurred += (_, e) => log.LogError(e.Exception, "ssh");
        Ssh.Connect();
    }

    public void Dispose() => Ssh.Dispose();
}

public sealed class PasswordShell(string host, string user, string password, ILogger log) : ShellBase(log)
{
    protected override SshClient Create() => new(host, 22, user, password);
}

public sealed class BareShell(string host, string user, string password) : IDisposable
{
    private readonly Lazy<SshClient> _ssh = new(() => new SshClient(host, 22, user, password));

    public void Open()
    {
        var ssh = _ssh.Value;
        ssh.Connect(); //! LCA1001
    }

    public string Run(string command) => _ssh.Value.RunCommand(command).Result; //? LCA3001

    public void Dispose()
    {
        if (_ssh.IsValueCreated) _ssh.Value.Dispose();
    }
}

public sealed class UdpProbe
{
    // ok LCA1008: the remote of a datagram socket is only noted
    public async Task<byte[]> AskAsync(IPEndPoint endpoint, byte[] question, CancellationToken ct)
    {
        using var udp = new UdpClient();
        udp.Connect(endpoint);
        await udp.SendAsync(question, ct);
        return (await udp.ReceiveAsync(ct)).Buffer;
    }

    public async Task<bool> ReachableAsync(IPEndPoint endpoint)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint); //! LCA1008
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1008: the race has a limit, and the using ends the connect
    public async Task<bool> ReachableWithinAsync(IPEndPoint endpoint)
    {
        using var client = new TcpClient();
        var connect = client.ConnectAsync(endpoint);
        var first = await Task.WhenAny(connect, Task.Delay(2000));
        return first == connect && connect.IsCompletedSuccessfully; //? LCA1004
    }

    public async Task<bool> OpenAsync(EndPoint endpoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Task.Factory.FromAsync(socket.BeginConnect, socket.EndConnect, endpoint, null); //? LCA1008
        return socket.Connected;
    }
}
