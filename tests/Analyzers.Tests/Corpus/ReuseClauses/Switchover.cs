using Acme.Wire;
using NATS.Client.Core;
using StreamJsonRpc;

namespace Clauses.Switchover;

public sealed class Directory(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public IWireSession? Session
    {
        get => _session;
        private set => _session = value;
    }

    public async Task RenewAsync(string authority, CancellationToken stop)
    {
        var fresh = await factory.OpenAsync(authority, stop);
        fresh.Closed += (_, _) => Session = null;
        Session = fresh; //! LCA3006
    }
}

public sealed class AskingDirectory(IWireSessionFactory factory)
{
    private IWireSession? Session { get; set; }

    public async Task RenewAsync(string authority, CancellationToken stop)
    {
        var fresh = await factory.OpenAsync(authority, stop);
        fresh.Closed += (sender, _) =>
        {
            if (sender == Session) Session = null;
        };
        Session = fresh;
    }
}

public sealed class Pair(Func<WireConnection> dial) : IDisposable
{
    private WireConnection? _active;
    private WireConnection? _spare;

    public void Prepare()
    {
        _spare = dial(); //! LCA3006
        _spare.Closed += OnClosed;
    }

    public void Promote()
    {
        _active = _spare;
        _spare = null;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        _active?.Dispose();
        Promote();
    }

    public void Dispose()
    {
        _active?.Dispose();
        _spare?.Dispose();
    }
}

public sealed class Subscribed(Func<NatsConnection> make)
{
    private NatsConnection? _nats;

    public async Task RestartAsync()
    {
        var old = _nats;
        if (old is not null)
        {
            old.ConnectionDisconnected -= LostAsync;
            await old.DisposeAsync();
        }

        var fresh = make();
        fresh.ConnectionDisconnected += LostAsync;
        _nats = fresh;
    }

    private ValueTask LostAsync(object? sender, NatsEventArgs e)
    {
        _nats = null;
        return default;
    }
}

public sealed class Languages
{
    private JsonRpc? _server;

    public void Attach(Stream stream)
    {
        var server = JsonRpc.Attach(stream);
        server.Disconnected += (_, _) =>
        {
            _server?.Dispose();
            _server = null;
        };
        _server = server; //! LCA3006
    }

}

public sealed class ComparedLanguages
{
    private JsonRpc? _server;

    public void Attach(Stream stream)
    {
        var server = JsonRpc.Attach(stream);
        server.Disconnected += (_, _) =>
        {
            if (_server == server) _server = null;
        };
        _server = server;
    }

}

public sealed class LoggedLanguages
{
    private JsonRpc? _server;

    public bool IsUp => _server is { IsDisposed: false };

    public void Attach(Stream stream)
    {
        var server = JsonRpc.Attach(stream);
        server.Disconnected += (_, e) => Console.Error.WriteLine(e.Exception?.Message);
        _server = server;
    }
}
