// MODBUS masters as machine builders write them: lines kept in fields, maps and static holders.
using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.ModbusMasters;

public interface IModbusLink : IDisposable
{
    bool IsConnected { get; }
    byte[] Execute(byte[] request);
}

public sealed class TcpModbusLink : IModbusLink
{
    private readonly TcpClient _client;

    public TcpModbusLink(string host) => _client = new TcpClient(host, 502) { ReceiveTimeout = 1000 };

    public bool IsConnected => !(_client.Client.Poll(0, SelectMode.SelectRead) && _client.Available == 0);

    public byte[] Execute(byte[] request)
    {
        lock (_client)
        {
            var stream = _client.GetStream();
            stream.Write(request);
            var reply = new byte[8];
            stream.ReadExactly(reply);
            return reply;
        } //? LCA4001
    }

    public void Dispose() => _client.Dispose();
}

public sealed class Master
{
    private readonly Func<string, IModbusLink> m_open;
    private readonly Dictionary<string, IModbusLink> m_links = new Dictionary<string, IModbusLink>();
    private readonly Dictionary<string, Tuple<IModbusLink, DateTime>> m_aged = new Dictionary<string, Tuple<IModbusLink, DateTime>>();
    private IModbusLink m_last;
    private string m_lastHost = "";

    public Master(Func<string, IModbusLink> open, IModbusLink first)
    {
        m_open = open;
        m_last = first;
    }

    public byte[] Read(string host, byte[] request)
    {
        IModbusLink link;
        if (!m_links.TryGetValue(host, out link!))
        {
            link = m_open(host);
            m_links.Add(host, link);
        }
        return link.Execute(request); //! LCA3001
    }

    // ok LCA3001: dead links leave the map before it is asked
    public byte[] ReadSwept(string host, byte[] request)
    {
        Sweep(host);
        IModbusLink link;
        if (!m_links.TryGetValue(host, out link!))
        {
            link = m_open(host);
            m_links.Add(host, link);
        }
        return link.Execute(request);
    }

    private void Sweep(string host)
    {
        IModbusLink link;
        if (m_links.TryGetValue(host, out link!) && !link.IsConnected)
        {
            link.Dispose();
            m_links.Remove(host);
        }
    }

    public byte[] ReadAged(string host, byte[] request)
    {
        if (!m_aged.ContainsKey(host)) m_aged[host] = Tuple.Create(m_open(host), DateTime.UtcNow);
        var entry = m_aged[host];
        return entry.Item1.Execute(request); //! LCA3001
    }

    public byte[] ReadAgedChecked(string host, byte[] request)
    {
        Tuple<IModbusLink, DateTime>? entry;
        if (!m_aged.TryGetValue(host, out entry) || !entry.Item1.IsConnected)
        {
            entry = Tuple.Create(m_open(host), DateTime.UtcNow);
            m_aged[host] = entry;
        }
        return entry.Item1.Execute(request); // ok LCA3001: the tuple's link is asked
    }

    public byte[] ReadLast(string host, byte[] request)
    {
        if (m_lastHost != host)
        {
            m_last.Dispose();
            m_last = m_open(host);
            m_lastHost = host;
        }
        return m_last.Execute(request); //? LCA3001
    }

    // ok LCA3001: whatever fails is disposed and forgotten
    public byte[] ReadDropping(string host, byte[] request)
    {
        if (!m_links.TryGetValue(host, out var link)) m_links[host] = link = m_open(host);
        try
        {
            return link.Execute(request);
        }
        catch (Exception)
        {
            m_links.Remove(host);
            link.Dispose();
            throw;
        }
    }
}

public sealed class SerialMaster(string port, ILogger<SerialMaster> log) : IDisposable
{
    private SerialPort? _line;

    private SerialPort Line => _line ??= Open();

    private SerialPort Open()
    {
        var line = new SerialPort(port, 19200) { ReadTimeout = 500, WriteTimeout = 500 };
        line.ErrorReceived += (_, e) => log.LogWarning("serial {Error}", e.EventType);
        try
        {
            line.Open();
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    // Disconnect disposes and keeps the field: the getter asks only for null.
    public void Disconnect() => _line?.Dispose();

    public void Write(byte[] frame) => Line.Write(frame, 0, frame.Length); //! LCA3001

    // ok LCA3001: open, or opened again
    public void WriteOpen(byte[] frame)
    {
        var line = Line;
        if (!line.IsOpen) line.Open();
        line.Write(frame, 0, frame.Length);
    }

    public void Dispose() => _line?.Dispose();
}

public sealed class PerThreadMaster(Func<IModbusLink> open)
{
    private readonly AsyncLocal<IModbusLink?> _ambient = new();
    private readonly ThreadLocal<IModbusLink> _mine = new(open);

    public byte[] Ask(byte[] request)
    {
        var link = _ambient.Value ??= open();
        return link.Execute(request); //! LCA3001
    }

    // ok LCA3001: asked, and replaced
    public byte[] AskChecked(byte[] request)
    {
        if (_ambient.Value is not { IsConnected: true }) _ambient.Value = open();
        return _ambient.Value.Execute(request);
    }

    public byte[] AskMine(byte[] request) => _mine.Value!.Execute(request); //? LCA3001
}

// Register values are plain data.
public sealed class RegisterImage
{
    private readonly Dictionary<ushort, ushort> _values = [];

    public ushort Execute(ushort address) => _values.TryGetValue(address, out var value) ? value : (ushort)0;

    public bool IsConnected => _values.Count > 0;
}
