// Instruments of a laboratory: serial balances, a spectrometer with a Faulted event, a file drop.
using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Fresh.Creation.LabBench;

public sealed class InstrumentFault(string reason) : EventArgs
{
    public string Reason { get; } = reason;
}

public enum LinkState { Closed, Connecting, Open, Faulted }

/// <summary>The vendor's link: what goes wrong after Open is told by Faulted alone.</summary>
public sealed class SpectrometerLink : IDisposable
{
    private TcpClient? _tcp;

    public event EventHandler<InstrumentFault>? Faulted;

    public LinkState State { get; private set; }

    public void Open(string host)
    {
        State = LinkState.Connecting;
        _tcp = new TcpClient(host, 4001);
        State = LinkState.Open;
    }

    public void Send(byte[] command)
    {
        try
        {
            (_tcp ?? throw new InvalidOperationException("not open")).GetStream().Write(command);
        }
        catch (IOException e)
        {
            State = LinkState.Faulted;
            Faulted?.Invoke(this, new InstrumentFault(e.Message));
        }
    }

    public void Dispose() => _tcp?.Dispose();
}

public sealed class SpectrometerBench(string host, ILogger log) : IDisposable
{
    private readonly SpectrometerLink _link = new();
    private readonly SpectrometerLink _reference = new();

    public void Prepare()
    {
        _link.Open(host); //! LCA1001
        _reference.Faulted += OnReferenceFaulted;
        _reference.Open(host + "-ref");
    }

    private void OnReferenceFaulted(object? sender, InstrumentFault fault) => log.LogWarning("reference: {Reason}", fault.Reason);

    public void Measure() => _link.Send([0x01, 0x7F]);

    public void Dispose()
    {
        _link.Dispose();
        _reference.Dispose();
    }
}

public static class SpectrometerFactory
{
    // ok LCA1001: the caller gets it closed, and attaches before it opens
    public static SpectrometerLink Create() => new();

    public static SpectrometerLink OpenLate(string host, EventHandler<InstrumentFault> onFault)
    {
        var link = new SpectrometerLink();
        link.Open(host); //! LCA1001
        link.Faulted += onFault;
        return link;
    }

    public static SpectrometerLink OpenWatched(string host, EventHandler<InstrumentFault> onFault)
    {
        var link = new SpectrometerLink();
        link.Faulted += onFault;
        link.Open(host);
        return link;
    }

    public static void Once(string host, byte[] command)
    {
        using var link = Create();
        link.Faulted += static (_, fault) => throw new IOException(fault.Reason);
        link.Open(host);
        link.Send(command);
    }
}

public sealed partial class Balance : IDisposable
{
    private readonly SerialPort _port;

    public Balance(string port) => _port = new SerialPort(port, 9600) { ReadTimeout = 500 };

    public void Start()
    {
        _port.DataReceived += OnWeight;
        _port.Open(); //! LCA1001
    }

    private void OnWeight(object sender, SerialDataReceivedEventArgs e) => Last = _port.ReadExisting();
}

public sealed partial class Balance
{
    public string Last { get; private set; } = "";

    public void Dispose() => _port.Close();
}

public sealed partial class WatchedBalance : IDisposable
{
    private readonly SerialPort _port;
    private readonly ILogger _log;

    public WatchedBalance(string port, ILogger log)
    {
        _log = log;
        _port = new SerialPort(port, 9600) { ReadTimeout = 500 };
        Wire();
    }

    // ok LCA1001: the other part of the class attaches it
    public void Start() => _port.Open();

    public void Dispose() => _port.Close();
}

public sealed partial class WatchedBalance
{
    private void Wire() => _port.ErrorReceived += (_, e) => _log.LogWarning("serial error {Kind}", e.EventType);
}

public sealed class PumpLine(string host)
{
    /// <summary>Bound nowhere: a pump that drops packets holds the method up for minutes.</summary>
    public async Task<byte[]> AskAsync(byte[] question)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, 502); //! LCA1008
        var stream = client.GetStream();
        await stream.WriteAsync(question);
        var answer = new byte[8];
        await stream.ReadExactlyAsync(answer);
        return answer;
    }

    public async Task<byte[]> AskWithinAsync(byte[] question, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        using var client = new TcpClient();
        await client.ConnectAsync(host, 502, stop.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(question, stop.Token);
        var answer = new byte[8];
        await stream.ReadExactlyAsync(answer, stop.Token);
        return answer;
    }

    // ok LCA1008: bounded from outside
    public async Task<Socket> OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, 502).WaitAsync(TimeSpan.FromSeconds(3));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
