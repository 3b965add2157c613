// Connections that a static method creates open: own types by convention, and WebSocket4Net, which no catalogue need name.
using Microsoft.Extensions.Logging;
using WebSocket4Net;

namespace Corpus.Creation.OpenFactories;

/// <summary>A turnstile's line. There is no closed one: Connect answers with an open line or throws.</summary>
public sealed class TurnstileConnection : IDisposable
{
    private TurnstileConnection(string address) => Address = address;

    public event EventHandler<Exception>? ConnectionFailed;

    public string Address { get; }

    public bool IsOpen { get; private set; } = true;

    public static TurnstileConnection Connect(string address) => new(address);

    public static async Task<TurnstileConnection> ConnectAsync(string address, CancellationToken stop)
    {
        await Task.Delay(1, stop);
        return new TurnstileConnection(address);
    }

    public Task SendAsync(byte[] command, CancellationToken stop)
    {
        if (command.Length == 0) ConnectionFailed?.Invoke(this, new IOException(Address));
        return Task.Delay(1, stop);
    }

    public void Dispose() => IsOpen = false;
}

public sealed class Entrance(string address, ILogger log) : IDisposable
{
    private TurnstileConnection? _line;

    /// <summary>The first command is out before anybody listens.</summary>
    public async Task OpenAsync(CancellationToken stop)
    {
        var line = await TurnstileConnection.ConnectAsync(address, stop); //! LCA1001
        await line.SendAsync([0x01], stop);
        line.ConnectionFailed += OnFailed;
        _line = line;
    }

    // ok LCA1001: listened to before the first command
    public async Task OpenWatchedAsync(CancellationToken stop)
    {
        var line = await TurnstileConnection.ConnectAsync(address, stop);
        line.ConnectionFailed += OnFailed;
        await line.SendAsync([0x01], stop);
        _line = line;
    }

    // ok LCA1001: one command on a line of its own
    public async Task LetOneInAsync(CancellationToken stop)
    {
        using var line = await TurnstileConnection.ConnectAsync(address, stop);
        await line.SendAsync([0x02], stop);
    }

    private void OnFailed(object? sender, Exception ex) => log.LogError(ex, "turnstile {Address} failed", address);

    public void Dispose() => _line?.Dispose();
}

public sealed class SideDoor : IDisposable
{
    private readonly TurnstileConnection _line;

    public SideDoor(string address)
    {
        _line = TurnstileConnection.Connect(address); //! LCA1001
    }

    public Task UnlockAsync(CancellationToken stop) => _line.SendAsync([0x03], stop);

    public void Dispose() => _line.Dispose();
}

public sealed class BackDoor : IDisposable
{
    private readonly TurnstileConnection _line;

    // ok LCA1001: the handler follows the creation
    public BackDoor(string address, ILogger log)
    {
        var line = TurnstileConnection.Connect(address);
        line.ConnectionFailed += (_, ex) => log.LogError(ex, "back door");
        _line = line;
    }

    public Task UnlockAsync(CancellationToken stop) => _line.SendAsync([0x03], stop);

    public void Dispose() => _line.Dispose();
}

public sealed class CameraFeed : IDisposable
{
    private readonly WebSocket _socket;

    public CameraFeed(string uri)
    {
        _socket = new WebSocket(uri);
        _socket.MessageReceived += (_, e) => Last = e.Message;
    }

    public string Last { get; private set; } = "";

    public void Start() => _socket.Open(); //! LCA1001

    public void Dispose() => _socket.Dispose();
}

public sealed class WatchedCameraFeed : IDisposable
{
    private readonly WebSocket _socket;

    public WatchedCameraFeed(string uri, ILogger log)
    {
        _socket = new WebSocket(uri);
        _socket.MessageReceived += (_, e) => Last = e.Message;
        _socket.Error += (_, e) => log.LogError(e.Exception, "camera failed");
    }

    public string Last { get; private set; } = "";

    // ok LCA1001: Error was attached in the constructor
    public void Start() => _socket.Open();

    public void Dispose() => _socket.Dispose();
}

public sealed class CameraWall(ILogger log)
{
    private readonly Dictionary<int, WebSocket> _cameras = [];

    public async Task AddAsync(int number, string uri)
    {
        var socket = new WebSocket(uri);
        if (!await socket.OpenAsync()) //! LCA1001
        {
            socket.Dispose();
            return;
        }

        socket.Error += (_, e) => log.LogError(e.Exception, "camera {Number} failed", number);
        _cameras[number] = socket;
    }

    // ok LCA1001: in order
    public async Task AddWatchedAsync(int number, string uri)
    {
        var socket = new WebSocket(uri);
        socket.Error += (_, e) => log.LogError(e.Exception, "camera {Number} failed", number);
        if (await socket.OpenAsync()) _cameras[number] = socket;
        else socket.Dispose();
    }
}
