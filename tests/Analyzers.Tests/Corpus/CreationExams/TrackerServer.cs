// A GPS tracker server: devices come in over TCP, positions go on to a back end.
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.TrackerServer;

public readonly record struct Position(string Imei, double Latitude, double Longitude);

public sealed class DeviceGauge
{
    private int _devices;

    public int Devices => Volatile.Read(ref _devices);

    public void Up() => Interlocked.Increment(ref _devices);

    public void Down() => Interlocked.Decrement(ref _devices);
}

public abstract class DeviceServer(IPEndPoint local, ILogger log) : BackgroundService
{
    protected ILogger Log { get; } = log;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        var listener = new TcpListener(local);
        try
        {
            listener.Start();
            while (!stop.IsCancellationRequested)
            {
                var device = await listener.AcceptTcpClientAsync(stop);
                _ = GuardedAsync(device, stop); // ok LCA1004: its body is in a try
            }
        }
        finally
        {
            listener.Stop();
        }
    }

    private async Task GuardedAsync(TcpClient device, CancellationToken stop)
    {
        try
        {
            await HandleAsync(device, stop);
        }
        catch (Exception ex)
        {
            Log.LogWarning(ex, "device failed");
        }
    }

    protected abstract Task HandleAsync(TcpClient device, CancellationToken stop);
}

// Nothing closes the device when the back end is away; the base class only logs.
public sealed class ForwardingServer(IPEndPoint local, IPEndPoint backend, ILogger log) : DeviceServer(local, log)
{
    private int _online;

    protected override async Task HandleAsync(TcpClient device, CancellationToken stop)
    {
        Interlocked.Increment(ref _online); //! LCA1007
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(backend, stop); //! LCA1006
        await device.GetStream().CopyToAsync(upstream.GetStream(), stop);
        device.Close();
        Interlocked.Decrement(ref _online);
    }
}

public sealed class SafeForwardingServer(IPEndPoint local, IPEndPoint backend, ILogger log) : DeviceServer(local, log)
{
    private int _online;

    // ok LCA1006 LCA1007: the outer finally is for both
    protected override async Task HandleAsync(TcpClient device, CancellationToken stop)
    {
        Interlocked.Increment(ref _online);
        try
        {
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(backend, stop);
            await device.GetStream().CopyToAsync(upstream.GetStream(), stop);
        }
        finally
        {
            device.Close();
            Interlocked.Decrement(ref _online);
        }
    }
}

public sealed class GaugedServer(IPEndPoint local, DeviceGauge gauge, ChannelWriter<Position> positions, ILogger log) : DeviceServer(local, log)
{
    // ok LCA1007: up and down of another object, paired by finally
    protected override async Task HandleAsync(TcpClient device, CancellationToken stop)
    {
        gauge.Up();
        try
        {
            using var reader = new StreamReader(device.GetStream());
            while (await reader.ReadLineAsync(stop) is { } line)
            {
                if (Parse(line) is { } position) await positions.WriteAsync(position, stop);
            }
        }
        finally
        {
            gauge.Down();
            device.Dispose();
        }
    }

    private static Position? Parse(string line) => line.Split(',') is [var imei, var lat, var lon]
        ? new Position(imei, double.Parse(lat), double.Parse(lon))
        : null;
}

public sealed class RegisteringServer(IPEndPoint local, ILogger log) : DeviceServer(local, log)
{
    private readonly Dictionary<string, TcpClient> _byImei = [];
    private readonly List<TcpClient> _all = [];
    private readonly Lock _sync = new();

    // A device that breaks off while it logs in stays in the list for good.
    protected override async Task HandleAsync(TcpClient device, CancellationToken stop)
    {
        lock (_sync) _all.Add(device); //! LCA1007
        var buffer = new byte[15];
        await device.GetStream().ReadExactlyAsync(buffer, stop);
        var imei = System.Text.Encoding.ASCII.GetString(buffer);
        lock (_sync) _byImei[imei] = device;
        try
        {
            await device.GetStream().CopyToAsync(Stream.Null, stop);
        }
        finally
        {
            lock (_sync)
            {
                _byImei.Remove(imei);
                _all.Remove(device);
            }
            device.Dispose();
        }
    }
}

public sealed class CommandPort : IDisposable
{
    private readonly Socket _listener;
    private readonly ILogger _log;
    private readonly Thread _thread;

    // ok LCA1003: the field is closed by Dispose
    public CommandPort(IPEndPoint local, ILogger log)
    {
        _log = log;
        _listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(local);
        _listener.Listen();
        _thread = new Thread(AcceptLoop) { IsBackground = true };
    }

    public void Start() => _thread.Start();

    private void AcceptLoop()
    {
        while (true)
        {
            var socket = _listener.Accept(); //! LCA1005
            ThreadPool.QueueUserWorkItem(static state => Serve((Socket)state!), socket); //! LCA1005
        }
    }

    private static void Serve(Socket socket)
    {
        var buffer = new byte[128];
        while (socket.Receive(buffer) > 0) { }
        socket.Close();
    }

    public void StartGuarded() => new Thread(GuardedLoop) { IsBackground = true }.Start();

    // ok LCA1005: the loop's catch sees what Close throws into Accept
    private void GuardedLoop()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                ThreadPool.QueueUserWorkItem(GuardedServe, socket, preferLocal: false);
            }
        }
        catch (SocketException ex)
        {
            _log.LogInformation(ex, "command port closed");
        }
        catch (ObjectDisposedException)
        {
            _log.LogInformation("command port closed");
        }
    }

    private void GuardedServe(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[128];
                while (socket.Receive(buffer) > 0) { }
            }
            catch (SystemException ex) when (ex is not OutOfMemoryException)
            {
                _log.LogDebug(ex, "command session ended");
            }
        }
    }

    public void Dispose() => _listener.Close();
}
