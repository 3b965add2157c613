// Sessions that are forgotten by their Closed event and by nothing else: a callback can run before it.
using System.Collections.Concurrent;
using Renci.SshNet;

namespace Corpus.Reuse.EventOnly;

public interface IMuxSession : IDisposable
{
    event EventHandler? Closed;
    bool IsClosed { get; }
    IMuxStream Request(string path);
    void Send(byte[] frame);
}

public interface IMuxStream
{
    event EventHandler? Ended;
    string Path { get; }
}

public sealed class Crawler(Func<string, IMuxSession> connect)
{
    private readonly ConcurrentDictionary<string, IMuxSession> _sessions = new();
    private readonly ConcurrentQueue<(string Host, string Path)> _waiting = new();

    private IMuxSession SessionOf(string host) => _sessions.GetOrAdd(host, h =>
    {
        var session = connect(h);
        session.Closed += (_, _) => _sessions.TryRemove(h, out IMuxSession? _);
        return session;
    });

    public void Fetch(string host, string path)
    {
        var stream = SessionOf(host).Request(path); //! LCA3001
        stream.Ended += OnEnded;
    }

    private void OnEnded(object? sender, EventArgs e)
    {
        if (!_waiting.TryDequeue(out var next)) return;
        if (!_sessions.TryGetValue(next.Host, out var session)) return;
        session.Request(next.Path).Ended += OnEnded; //! LCA3001
    }

    public void Enqueue(string host, string path) => _waiting.Enqueue((host, path));
}

public sealed class CarefulCrawler(Func<string, IMuxSession> connect)
{
    private readonly ConcurrentDictionary<string, IMuxSession> _sessions = new();
    private readonly ConcurrentQueue<(string Host, string Path)> _waiting = new();

    private IMuxSession LiveSessionOf(string host)
    {
        while (true)
        {
            var session = _sessions.GetOrAdd(host, connect);
            if (!session.IsClosed) return session;
            _sessions.TryRemove(KeyValuePair.Create(host, session));
        }
    }

    // ok LCA3001: the look-up asks
    public void Fetch(string host, string path)
    {
        var stream = LiveSessionOf(host).Request(path);
        stream.Ended += OnEnded;
    }

    // ok LCA3001: in the callback the same look-up asks
    private void OnEnded(object? sender, EventArgs e)
    {
        if (_waiting.TryDequeue(out var next)) LiveSessionOf(next.Host).Request(next.Path).Ended += OnEnded;
    }

    public void Enqueue(string host, string path) => _waiting.Enqueue((host, path));
}

public sealed class SingleCrawler(Func<string, IMuxSession> connect)
{
    private readonly object _sync = new();
    private IMuxSession? _session;

    public void Fetch(string host, string path)
    {
        lock (_sync)
        {
            if (_session == null)
            {
                _session = connect(host);
                _session.Closed += OnClosed;
            }

            _session.Request(path); //! LCA3001
        }
    }

    // ok LCA3001: with the event as a second line, the first being the question
    public void FetchLive(string host, string path)
    {
        lock (_sync)
        {
            if (_session is null or { IsClosed: true })
            {
                _session = connect(host);
                _session.Closed += OnClosed;
            }

            _session.Request(path);
        }
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        lock (_sync)
        {
            if (ReferenceEquals(sender, _session)) _session = null;
        }
    }
}

public sealed class RemoteShell(string host, string user, string password) : IDisposable
{
    private SshClient? _ssh;

    public string Run(string line)
    {
        if (_ssh is null)
        {
            var ssh = new SshClient(host, user, password);
            ssh.ErrorOccurred += (_, _) => _ssh = null;
            ssh.Connect();
            _ssh = ssh;
        }

        using var command = _ssh.RunCommand(line); //! LCA3001
        return command.Result;
    }

    public void Dispose() => _ssh?.Dispose();
}

/// <summary>The event raises a flag of this class, and the flag decides.</summary>
public sealed class FlaggedCrawler(Func<string, IMuxSession> connect)
{
    private IMuxSession? _session;
    private volatile bool _lost;

    public void Fetch(string host, string path)
    {
        if (_session is null || _lost)
        {
            _session = connect(host);
            _lost = false;
            _session.Closed += (_, _) => _lost = true;
        }

        _session.Request(path); //? LCA3001
    }
}
