// Connections whose handlers are properties: set in an object initialiser, a constructor, or too late.
using Fleck;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.CallbackProperties;

/// <summary>A caption stream of a broadcaster: handlers are delegates that are set.</summary>
public sealed class CaptionStream(string address) : IDisposable
{
    public Action<Exception>? OnError { get; set; }
    public Action<string>? OnLine { get; set; }

    public bool IsOpen { get; private set; }

    public string Address { get; } = address;

    public void Open()
    {
        IsOpen = true;
        OnLine?.Invoke("open");
    }

    public Task OpenAsync(CancellationToken stop)
    {
        Open();
        return stop.IsCancellationRequested ? Task.FromCanceled(stop) : Task.CompletedTask;
    }

    public void Send(string line)
    {
        if (!IsOpen) OnError?.Invoke(new InvalidOperationException(line));
    }

    public void Close() => IsOpen = false;

    public void Dispose() => Close();
}

public sealed class Captions(string address, ILogger log) : IDisposable
{
    private readonly CaptionStream _stream = new(address) { OnError = ex => log.LogError(ex, "captions failed") };

    // ok LCA1001: set by the initialiser of the field
    public void Start() => _stream.Open();

    public void Dispose() => _stream.Dispose();
}

public sealed class CaptionDesk(ILogger log)
{
    private CaptionStream? _stream;

    // ok LCA1001: an object initialiser sets it before anything is opened
    public async Task StartAsync(string address, CancellationToken stop)
    {
        var stream = new CaptionStream(address)
        {
            OnLine = line => log.LogInformation("{Line}", line),
            OnError = Failed,
        };
        await stream.OpenAsync(stop);
        _stream = stream;
    }

    /// <summary>Set on a stream that is open already.</summary>
    public async Task StartLateAsync(string address, CancellationToken stop)
    {
        var stream = new CaptionStream(address) { OnLine = line => log.LogInformation("{Line}", line) };
        await stream.OpenAsync(stop); //! LCA1001
        stream.OnError = Failed;
        _stream = stream;
    }

    private void Failed(Exception ex) => log.LogError(ex, "captions failed");

    public void Stop() => _stream?.Close();
}

/// <summary>Events and an initialiser that cannot reach them: the handler is an argument.</summary>
public sealed class CueLink : IDisposable
{
    public CueLink(Action<Exception>? failed = null)
    {
        if (failed is not null) Error += failed;
    }

    public event Action<Exception>? Error;

    public bool IsConnected { get; private set; }

    public void Connect(string host)
    {
        IsConnected = host.Length > 0;
        if (!IsConnected) Error?.Invoke(new ArgumentException("no host", nameof(host)));
    }

    public void SendCue(int number) => ArgumentOutOfRangeException.ThrowIfNegative(number);

    public void Dispose() => IsConnected = false;
}

public sealed class Studio(ILogger log) : IDisposable
{
    private readonly CueLink _plain = new();
    private readonly CueLink _told = new(ex => log.LogError(ex, "cue link failed"));

    public void OpenPlain(string host)
    {
        _plain.Connect(host); //? LCA1001
        _plain.SendCue(1);
    }

    // ok LCA1001: its constructor was given the handler
    public void OpenTold(string host)
    {
        _told.Connect(host);
        _told.SendCue(1);
    }

    public void Dispose()
    {
        _plain.Dispose();
        _told.Dispose();
    }
}

public sealed class CaptionServer(ILogger log) : IDisposable
{
    private readonly WebSocketServer _server = new("ws://0.0.0.0:8181");

    // ok LCA1001: Fleck hands each connection over with its properties still to be set
    public void Start() => _server.Start(connection =>
    {
        connection.OnOpen = () => log.LogInformation("viewer came");
        connection.OnClose = () => log.LogInformation("viewer left");
        connection.OnError = ex => log.LogWarning(ex, "viewer failed");
    });

    public void Dispose() => _server.Dispose();
}
