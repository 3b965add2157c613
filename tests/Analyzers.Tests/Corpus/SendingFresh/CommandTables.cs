// A remote console: commands come from tables of delegates, from watchers and from signals of the process.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fresh.Sending.CommandTables;

public interface IConsoleLink
{
    bool IsConnected { get; }
    event EventHandler<string>? CommandReceived;
    event EventHandler? Closed;
    void Send(string line);
    void Close();
}

public sealed class TableConsole
{
    private readonly IConsoleLink _link;
    private readonly Dictionary<string, Action<string>> _commands;
    private readonly Dictionary<string, Func<string, string>> _queries;

    public TableConsole(IConsoleLink link)
    {
        _link = link;
        _commands = new Dictionary<string, Action<string>>(StringComparer.OrdinalIgnoreCase)
        {
            ["ping"] = Ping,
            ["time"] = _ => _link.Send(DateTime.UtcNow.ToString("O")),
        };
        _queries = new()
        {
            ["version"] = _ => "1.4",
            ["host"] = _ => Dns.GetHostName(),
        };
        _link.CommandReceived += OnCommand;
        _link.CommandReceived += OnQuery;
    }

    private void OnCommand(object? sender, string line)
    {
        if (_commands.TryGetValue(line, out var command)) command(line); //? LCA2001
    }

    private void Ping(string argument) => _link.Send("pong");

    private void OnQuery(object? sender, string line)
    {
        if (!_queries.TryGetValue(line, out var query)) return;
        var answer = query(line);
        if (_link.IsConnected) _link.Send(answer);
    }
}

public sealed class SwitchConsole
{
    private readonly IConsoleLink _link;

    public SwitchConsole(IConsoleLink link)
    {
        _link = link;
        link.CommandReceived += (_, line) =>
        {
            var answer = line switch
            {
                "ping" => "pong",
                "bye" => Quit(),
                _ => "?",
            };
            Reply(answer); //! LCA2001
        };
    }

    private string Quit()
    {
        _link.Close();
        return "bye";
    }

    private void Reply(string text) => _link.Send(text);
}

/// <summary>Things happen to the machine; the console is told, if there is one.</summary>
public sealed class MachineWatch : IDisposable
{
    private readonly IConsoleLink _link;
    private readonly FileSystemWatcher _watcher;
    private readonly CancellationTokenRegistration _stopping;

    public MachineWatch(IConsoleLink link, string folder, IHostApplicationLifetime lifetime)
    {
        _link = link;
        _watcher = new FileSystemWatcher(folder);
        _watcher.Error += (_, e) => Console.Error.WriteLine(e.GetException().Message);
        _watcher.Created += OnCreated;
        _watcher.Deleted += (_, e) => SendIfThere($"- {e.Name}");
        _watcher.EnableRaisingEvents = true;
        NetworkChange.NetworkAvailabilityChanged += OnNetwork;
        AppDomain.CurrentDomain.ProcessExit += delegate { _link.Send("exit"); }; //! LCA2001
        _stopping = lifetime.ApplicationStopping.Register(static state => ((MachineWatch)state!).Stopping(), this); //! LCA2001
    }

    private void OnCreated(object sender, FileSystemEventArgs e) => _link.Send($"+ {e.Name}"); //! LCA2001

    private void SendIfThere(string text)
    {
        if (!_link.IsConnected) return;
        _link.Send(text);
    }

    private void OnNetwork(object? sender, NetworkAvailabilityEventArgs e)
    {
        if (!e.IsAvailable) return;
        _link.Send("network is back"); //! LCA2001
    }

    private void Stopping() => _link.Send("stopping");

    public void Dispose()
    {
        NetworkChange.NetworkAvailabilityChanged -= OnNetwork;
        _stopping.Dispose();
        _watcher.Dispose();
    }
}

public abstract class ConsolePlugin
{
    protected ConsolePlugin(IConsoleLink link)
    {
        Link = link;
        link.CommandReceived += Dispatch;
    }

    protected IConsoleLink Link { get; }

    private void Dispatch(object? sender, string line)
    {
        if (!Link.IsConnected) return;
        Execute(line);
    }

    protected abstract void Execute(string line);
}

public sealed class UptimePlugin(IConsoleLink link) : ConsolePlugin(link)
{
    // ok LCA2001: the base asks
    protected override void Execute(string line) => Link.Send(Environment.TickCount64.ToString());
}

public sealed class DiskPlugin(IConsoleLink link, Func<Task<long>> free) : ConsolePlugin(link)
{
    protected override async void Execute(string line)
    {
        var bytes = await free();
        Link.Send($"{bytes} bytes free"); //! LCA2002
    }
}

/// <summary>Subscribes to what others observe.</summary>
public sealed class MetricsFeed(IConsoleLink link, ILogger log) : IDisposable
{
    private readonly List<IDisposable> _subscriptions = [];

    public void Follow(IObservable<double> load, IObservable<string> alerts)
    {
        _subscriptions.Add(load.Subscribe(new Relay<double>(value => link.Send($"load {value:F2}")))); //? LCA2001
        _subscriptions.Add(alerts.Subscribe(new Relay<string>(Alert)));
    }

    private void Alert(string text)
    {
        try
        {
            link.Send($"! {text}");
        }
        catch (InvalidOperationException e)
        {
            log.LogWarning(e, "alert lost");
        }
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }

    private sealed class Relay<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnError(Exception error) => Console.Error.WriteLine(error.Message);

        public void OnCompleted()
        {
        }
    }
}
