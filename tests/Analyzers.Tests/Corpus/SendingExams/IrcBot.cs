// An IRC bot: queue, flood control and a "drained" event that may come when the connection is already on its way down.
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.IrcBot;

public class IrcConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamWriter _writer;

    public IrcConnection(TcpClient client)
    {
        _client = client;
        _writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { AutoFlush = true };
    }

    public event EventHandler? Drained;

    public event Action<string>? LineReceived;

    public event EventHandler? Disconnected;

    public bool IsOpen { get; private set; } = true;

    public void Send(string line)
    {
        ObjectDisposedException.ThrowIf(!IsOpen, this);
        _writer.WriteLine(line); //? LCA2004
    }

    protected void OnLine(string line) => LineReceived?.Invoke(line);

    protected void OnDrained() => Drained?.Invoke(this, EventArgs.Empty);

    public void Dispose()
    {
        IsOpen = false;
        _writer.Dispose();
        _client.Dispose();
        Disconnected?.Invoke(this, EventArgs.Empty);
    }
}

public sealed class FloodControl
{
    private readonly IrcConnection _irc;
    private readonly Queue<string> _lines = new();
    private readonly ILogger _log;
    private int _credit = 5;

    public FloodControl(IrcConnection irc, ILogger log)
    {
        _irc = irc;
        _log = log;
        irc.Drained += OnDrained;
    }

    public void Say(string line)
    {
        _lines.Enqueue(line);
        if (_irc.IsOpen) Flush();
    }

    private void OnDrained(object? sender, EventArgs e)
    {
        if (_credit == 0)
        {
            _log.LogTrace("drained without credit");
            return;
        }

        Flush(); //! LCA2001
    }

    private void Flush()
    {
        // bail if there is nothing to say
        if (_lines.Count == 0) return;
        // bail if the server would kick us
        if (_credit <= 0) return;
        while (_credit > 0 && _lines.TryDequeue(out var line))
        {
            _credit--;
            _irc.Send(line);
        }
    }
}

public sealed class GuardedFloodControl
{
    private readonly IrcConnection _irc;
    private readonly Queue<string> _lines = new();
    private bool _closing;

    public GuardedFloodControl(IrcConnection irc)
    {
        _irc = irc;
        _irc.Drained += delegate { Flush(); };
        _irc.LineReceived += OnLine;
        _irc.Disconnected += (_, _) => _closing = true;
    }

    // ok LCA2001: a local function asks, negated and by early return
    private void OnLine(string line)
    {
        if (Gone()) return;
        if (line.StartsWith("PING", StringComparison.Ordinal)) _irc.Send("PONG" + line[4..]);

        bool Gone() => _closing || !_irc.IsOpen;
    }

    // ok LCA2001: the guard at the choke point
    private void Flush()
    {
        if (_lines.Count == 0) return;
        if (!_irc.IsOpen) return;
        while (_lines.TryDequeue(out var line)) _irc.Send(line);
    }
}

public abstract class BotModule
{
    protected BotModule(IrcConnection irc)
    {
        Irc = irc;
        Irc.LineReceived += line => Dispatch(line); //! LCA2001
    }

    protected IrcConnection Irc { get; }

    protected abstract void Dispatch(string line);
}

public sealed class DiceModule(IrcConnection irc, Random random) : BotModule(irc)
{
    protected override void Dispatch(string line)
    {
        if (line.EndsWith("!dice", StringComparison.Ordinal)) Irc.Send($"PRIVMSG #games :{random.Next(1, 7)}");
    }
}

public sealed class TopicModule(IrcConnection irc) : BotModule(irc)
{
    private string _topic = "";

    protected override void Dispatch(string line)
    {
        if (line.StartsWith("TOPIC ", StringComparison.Ordinal)) _topic = line[6..];
    }

    public string Topic => _topic;
}

public abstract class PoliteModule
{
    private readonly IrcConnection _irc;

    protected PoliteModule(IrcConnection irc)
    {
        _irc = irc;
        _irc.LineReceived += Dispatch;
    }

    protected abstract void Dispatch(string line);

    protected void Reply(string text)
    {
        if (_irc is not { IsOpen: true } open) return;
        open.Send(text);
    }
}

// ok LCA2001: every override goes through the base class's Reply
public sealed class HelpModule(IrcConnection irc) : PoliteModule(irc)
{
    protected override void Dispatch(string line)
    {
        if (line.Contains("!help")) Reply("PRIVMSG #games :!dice, !help");
    }
}

public sealed class Greeter : IDisposable
{
    private readonly IrcConnection _irc;
    private readonly Action<string> _greet;
    private readonly Timer _idle;

    public Greeter(IrcConnection irc)
    {
        _irc = irc;
        _greet = nick => _irc.Send($"PRIVMSG {nick} :hello");
        _idle = new Timer(_ => _greet("#games")); //! LCA2001
        _irc.Disconnected += (_, _) =>
        {
            _idle.Dispose();
            _irc.Send("QUIT"); //! LCA2001
        };
    }

    public void Dispose() => _idle.Dispose();
}

public sealed class LogChannel
{
    private readonly List<string> _sent = [];

    public bool IsOpen => true;

    public void Send(string line) => _sent.Add(line);

    public void Close() => _sent.Clear();
}

public sealed class Transcript
{
    private readonly LogChannel _log = new();
    private readonly StringWriter _memory = new();

    // ok LCA2001: what is written is memory
    public Transcript(IrcConnection irc)
    {
        irc.LineReceived += line => _memory.WriteLine(line);
        irc.LineReceived += OnLine;
    }

    private void OnLine(string line)
    {
        if (line.Length > 0) _memory.WriteLine(line);
    }

    public void Copy(string line) => _log.Send(line);
}

public sealed class Reminders(IrcConnection irc)
{
    private readonly CancellationTokenSource _stop = new();

    public void Start()
    {
        _stop.Token.Register(() => irc.Send("QUIT :stopped")); //! LCA2001
        // ok LCA2001: a flow of one's own is no callback
        _ = Task.Run(() => irc.Send("NICK reminder")); //? LCA1004
    }

    // ok LCA2001: what a closed connection throws is caught on the way
    public void StartCaught() => _stop.Token.Register(() => TrySay("QUIT :stopped"));

    private bool TrySay(string line)
    {
        try
        {
            irc.Send(line);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
