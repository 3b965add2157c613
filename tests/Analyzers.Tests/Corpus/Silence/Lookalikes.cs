// Names and shapes like those of connections, and no connections: shopping sessions, token streams, view links, pools of parsers.
using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Silence.Lookalikes;

/// <summary>A shop's session: it has a state and an end, and sends nothing.</summary>
public sealed class CheckoutSession
{
    public bool IsOpen { get; private set; } = true;

    public List<string> Items { get; } = [];

    public void Add(string item) => Items.Add(item);

    public void Close() => IsOpen = false;
}

public sealed class CheckoutSessions
{
    private readonly Dictionary<Guid, CheckoutSession> _sessions = [];

    // ok LCA3001: nothing is sent; a look-up of data
    public void Add(Guid id, string item)
    {
        if (!_sessions.TryGetValue(id, out var session)) _sessions[id] = session = new CheckoutSession();
        session.Add(item);
    }
}

public sealed record Token(string Text, int Offset);

/// <summary>A stream of tokens of a compiler.</summary>
public sealed class TokenStream(string text)
{
    private int _offset;

    public bool CanPeek => _offset < text.Length;

    public Token? Next()
    {
        while (_offset < text.Length && char.IsWhiteSpace(text[_offset])) _offset++;
        if (_offset == text.Length) return null;
        var start = _offset;
        while (_offset < text.Length && !char.IsWhiteSpace(text[_offset])) _offset++;
        return new Token(text[start.._offset], start);
    }
}

public sealed class TokenStreamPool
{
    private readonly ConcurrentDictionary<string, TokenStream> _streams = new();

    // ok LCA3001 LCA3002: text, no transport
    public Token? First(string text) => _streams.GetOrAdd(text, static t => new TokenStream(t)).Next();
}

/// <summary>A navigation entry.</summary>
public sealed record ViewLink(string Title, Uri Target)
{
    public bool IsActive { get; init; }

    public void Render(TextWriter writer) => writer.WriteLine($"<a href=\"{Target}\" class=\"{(IsActive ? "active" : "")}\">{Title}</a>");
}

/// <summary>Uplink is no Link: the last word decides, and it is "Uplink".</summary>
public sealed class Uplink
{
    private readonly StringBuilder _log = new();

    public bool IsOpen => true;

    public void Send(string text) => _log.AppendLine(text);

    public void Close() => _log.Clear();
}

public sealed class UplinkTimer : IDisposable
{
    private readonly Uplink _uplink = new();
    private readonly Timer _timer;

    // ok LCA2001: an Uplink is no Link
    public UplinkTimer() => _timer = new Timer(_ => _uplink.Send("tick"), null, 1000, 1000);

    public void Dispose() => _timer.Dispose();
}

/// <summary>A sink of log lines with a file behind it.</summary>
public sealed class FileSink : IDisposable
{
    private readonly StreamWriter _writer;
    private readonly Lock _sync = new();

    public FileSink(string path) => _writer = new StreamWriter(path, append: true);

    public void Write(string line)
    {
        lock (_sync) _writer.WriteLine(line);
    }

    public void Dispose() => _writer.Dispose();
}

public sealed class FlushTimer : IDisposable
{
    private readonly FileSink _sink;
    private readonly Timer _timer;

    public FlushTimer(FileSink sink)
    {
        _sink = sink;
        // ok LCA2001: a file
        _timer = new Timer(state => ((FileSink)state!).Write("-- mark --"), _sink, 60_000, 60_000);
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class MemoryExchange
{
    private readonly MemoryStream _memory = new();

    // ok LCA4006: memory
    public async Task<int> RoundTripAsync(byte[] data, CancellationToken ct)
    {
        await _memory.WriteAsync(data, ct);
        _memory.Position = 0;
        return await _memory.ReadAsync(data, ct);
    }

    // ok LCA1004: nothing of a connection is dropped
    public void Precompute(Func<Task> work) => _ = Task.Run(work);
}

public sealed class ParserPool
{
    private readonly ConcurrentBag<StringBuilder> _builders = [];

    // ok LCA3004: builders
    public string Join(IEnumerable<string> parts)
    {
        if (!_builders.TryTake(out var builder)) builder = new StringBuilder();
        try
        {
            return builder.AppendJoin(',', parts).ToString();
        }
        finally
        {
            builder.Clear();
            _builders.Add(builder);
        }
    }
}

/// <summary>Counts readers of a document, no connections.</summary>
public sealed class DocumentGate
{
    private int _readers;

    // ok LCA1007: it counts pages under way
    public string Render(Func<string> page)
    {
        _readers++;
        var text = page();
        _readers--;
        return text;
    }
}

public interface IMailbox
{
    bool TryPost(string letter);
}

/// <summary>An actor's mailbox: a channel in memory, whose Post answers with bool.</summary>
public sealed class ActorMailbox(ILogger<ActorMailbox> log) : IMailbox
{
    private readonly Channel<string> _letters = Channel.CreateUnbounded<string>();

    public bool TryPost(string letter) => _letters.Writer.TryWrite(letter);

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var letter in _letters.Reader.ReadAllAsync(ct)) log.LogInformation("{Letter}", letter);
    }
}

public sealed class Alarm
{
    public event EventHandler? Rang;

    public void Ring() => Rang?.Invoke(this, EventArgs.Empty);
}

public sealed class AlarmPoster : IDisposable
{
    private readonly Alarm _alarm;
    private readonly IMailbox _mailbox;

    public AlarmPoster(Alarm alarm, IMailbox mailbox)
    {
        (_alarm, _mailbox) = (alarm, mailbox);
        _alarm.Rang += OnRang;
    }

    // ok LCA2001: a mailbox in memory
    private void OnRang(object? sender, EventArgs e) => _mailbox.TryPost("alarm");

    public void Dispose() => _alarm.Rang -= OnRang;
}

/// <summary>Relays an event, and sends nothing.</summary>
public sealed class AlarmHub
{
    public event EventHandler? AnyRang;

    // ok LCA2001: a handler that only raises another event
    public void Watch(Alarm alarm) => alarm.Rang += (_, e) => AnyRang?.Invoke(this, e);
}

public enum DoorState { Open, Closed }

/// <summary>A state machine that has a state "Open", and sends nothing either.</summary>
public sealed class DoorPeer
{
    public DoorState State { get; private set; }

    public void Close() => State = DoorState.Closed;

    public void Open() => State = DoorState.Open;
}

public sealed class DoorKeeper(Func<int, DoorPeer> find)
{
    private readonly Dictionary<int, DoorPeer> _doors = [];

    // ok LCA3001: a door
    public void Shut(int id)
    {
        if (!_doors.TryGetValue(id, out var door)) _doors[id] = door = find(id);
        door.Close();
    }

    // ok LCA2005: no send in it
    public void ShutQuietly(int id)
    {
        try
        {
            Shut(id);
        }
        catch (Exception)
        {
            // a door that does not exist is shut
        }
    }
}

/// <summary>A lazy of settings, cached with its exception on purpose.</summary>
public sealed class SettingsHolder(Func<Task<IReadOnlyDictionary<string, string>>> load)
{
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> _settings = new(load);

    // ok LCA3002: settings
    public async Task<string?> FindAsync(string key) => (await _settings.Value).GetValueOrDefault(key);
}

/// <summary>A test double that fulfils a connection's interface in memory.</summary>
public interface IFrameOut
{
    void Write(ReadOnlySpan<byte> frame);
}

public sealed class RecordingOut : IFrameOut
{
    private readonly List<byte[]> _frames = [];

    public IReadOnlyList<byte[]> Frames => _frames;

    public void Write(ReadOnlySpan<byte> frame) => _frames.Add(frame.ToArray());
}

public sealed class PeriodicRecorder : IDisposable
{
    private readonly RecordingOut _out = new();
    private readonly System.Timers.Timer _timer = new(100);

    public PeriodicRecorder()
    {
        // ok LCA2001 LCA1005: a list
        _timer.Elapsed += (_, _) => _out.Write("tick"u8);
        _timer.Start();
    }

    public int Count => _out.Frames.Count;

    public void Dispose() => _timer.Dispose();
}

/// <summary>Reads a file with a retry: repeating a read is no repeated request.</summary>
public static class FileRetry
{
    // ok LCA3005: a file
    public static async Task AppendAsync(string path, string text, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await File.AppendAllTextAsync(path, text, ct);
                return;
            }
            catch (IOException) when (attempt < 3)
            {
                await Task.Delay(50, ct);
            }
        }
    }
}
