// Sessions that are opened when first needed and kept in a field.
using Acme.Wire;

namespace Second.Reuse.LazyLines;

/// <summary>Double-checked creation, and nobody asks again.</summary>
public sealed class TickerFeed(Func<CancellationToken, Task<WireConnection>> dial) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile WireConnection? _line;

    private async ValueTask<WireConnection> GetLineAsync(CancellationToken ct)
    {
        if (_line is not null) return _line;
        await _opening.WaitAsync(ct);
        try
        {
            return _line ??= await dial(ct);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task<decimal> QuoteAsync(byte[] symbol, CancellationToken ct)
    {
        var line = await GetLineAsync(ct);
        var raw = await line.RequestAsync(symbol, ct); //! LCA3001
        return raw.Length;
    }

    public async ValueTask DisposeAsync()
    {
        if (_line is not null) await _line.DisposeAsync();
    }
}

public sealed class CheckedTickerFeed(Func<CancellationToken, Task<WireConnection>> dial)
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private WireConnection? _line;

    private async ValueTask<WireConnection> GetLineAsync(CancellationToken ct)
    {
        await _opening.WaitAsync(ct);
        try
        {
            if (_line is { IsOpen: true } open) return open;
            _line?.Dispose();
            return _line = await dial(ct);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task<decimal> QuoteAsync(byte[] symbol, CancellationToken ct)
    {
        var line = await GetLineAsync(ct);
        var raw = await line.RequestAsync(symbol, ct);
        return raw.Length;
    }
}

/// <summary>Lazy values; the one of a value that is opened at construction time lives as long as its owner.</summary>
public sealed class LabelPrinter : IDisposable
{
    private readonly Lazy<WireConnection> _printer;
    private readonly WireConnection _display;

    public LabelPrinter(string host)
    {
        _printer = new Lazy<WireConnection>(() => WireConnection.Connect(host, 9100, TimeSpan.FromSeconds(2)), LazyThreadSafetyMode.PublicationOnly);
        _display = WireConnection.Connect(host, 9101, TimeSpan.FromSeconds(2));
    }

    public void Print(ReadOnlySpan<byte> label)
    {
        _printer.Value.Send(label); //! LCA3001
    }

    public void Show(ReadOnlySpan<byte> text) => _display.Send(text); // ok LCA3001: opened in the constructor, used as long as it lives

    public void PrintIfOpen(ReadOnlySpan<byte> label)
    {
        if (!_printer.Value.IsOpen) throw new InvalidOperationException("printer is offline");
        _printer.Value.Send(label);
    }

    public void Dispose()
    {
        if (_printer.IsValueCreated) _printer.Value.Dispose();
        _display.Dispose();
    }
}

/// <summary>Hang-up disposes, the getter asks for null alone.</summary>
public sealed class ModemBank
{
    private readonly string _host;
    private WireConnection? _modem;

    public ModemBank(string host) => _host = host;

    private WireConnection Modem => _modem ?? (_modem = WireConnection.Connect(_host, 23, TimeSpan.FromSeconds(5)));

    public void HangUp() => _modem?.Dispose();

    public void Command(ReadOnlySpan<byte> at)
    {
        Modem.Send(at); //! LCA3001
    }
}

/// <summary>The check comes before the await that lets the line die.</summary>
public sealed class ClaimsDesk(IWireSessionFactory factory, Func<string, Task<byte[]>> load)
{
    private IWireSession? _session;

    public async Task FileAsync(string claim, CancellationToken ct)
    {
        if (_session is null || _session.IsClosed) _session = await factory.OpenAsync("claims", ct);
        var body = await load(claim);
        await _session.PublishAsync("claims", body, ct); //! LCA3001
    }

    public async Task FileLoadedAsync(string claim, CancellationToken ct)
    {
        var body = await load(claim);
        if (_session is null || _session.IsClosed) _session = await factory.OpenAsync("claims", ct);
        await _session.PublishAsync("claims", body, ct);
    }

    public async Task FileOrDropAsync(string claim, CancellationToken ct)
    {
        _session ??= await factory.OpenAsync("claims", ct);
        var body = await load(claim);
        try
        {
            await _session.PublishAsync("claims", body, ct);
        }
        catch (WireException)
        {
            await _session.DisposeAsync();
            _session = null;
            throw;
        }
    }
}

/// <summary>An owner that opens in Start and is used while it runs.</summary>
public sealed class BeaconService(string host)
{
    private WireConnection? _line;

    public async Task StartAsync(CancellationToken ct) => _line = await WireConnection.ConnectAsync(host, 5000, ct);

    public Task BeepAsync() => _line!.SendAsync("beep"u8.ToArray()); // ok LCA3001: no look-up, no lazy creation

    public void Stop() => _line?.Dispose();
}

/// <summary>A base class fills the field, the subclass uses it.</summary>
public abstract class StationBase(string host)
{
    private WireConnection? _wire;

    protected WireConnection EnsureWire()
    {
        if (_wire != null) return _wire;
        _wire = WireConnection.Connect(host, 8100, TimeSpan.FromSeconds(1));
        return _wire;
    }

    protected WireConnection EnsureOpenWire()
    {
        if (_wire is { IsOpen: true }) return _wire;
        _wire = WireConnection.Connect(host, 8100, TimeSpan.FromSeconds(1));
        return _wire;
    }
}

public sealed class WeighStation(string host) : StationBase(host)
{
    public Task<byte[]> WeighAsync(CancellationToken ct) => EnsureWire().RequestAsync("W"u8.ToArray(), ct); //! LCA3001

    public Task<byte[]> TareAsync(CancellationToken ct) => EnsureOpenWire().RequestAsync("T"u8.ToArray(), ct);
}

/// <summary>Its Closed handler clears the field; the use asks nothing.</summary>
public sealed class NoticeBoard(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public async Task PinAsync(byte[] note, CancellationToken ct)
    {
        if (_session == null)
        {
            var opened = await factory.OpenAsync("board", ct);
            opened.Closed += OnClosed;
            _session = opened;
        }

        await _session.PublishAsync("notes", note, ct); //! LCA3001
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (ReferenceEquals(sender, _session)) _session = null;
    }
}
