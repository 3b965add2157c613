// Names and shapes that are no connections: nothing here sends to a peer whose life could end.
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.NotConnections;

/// <summary>A shop's session that sends nothing.</summary>
public sealed class CheckoutSession
{
    public bool IsOpen { get; private set; } = true;

    public void AddLine(string article) => Lines.Add(article);

    public List<string> Lines { get; } = [];

    public void Close() => IsOpen = false;
}

/// <summary>The last word counts: no Link.</summary>
public interface ISatUplink
{
    bool IsOpen { get; }
    void Send(string text);
    void Close();
}

/// <summary>Sends, and has no state and no end.</summary>
public interface IMailClient
{
    void Send(string to, string text);
}

/// <summary>Writes and ends, and has no state.</summary>
public interface IReportStream
{
    void WriteRow(string row);
    void Close();
}

public sealed class Till
{
    public event EventHandler<string>? Scanned;
    public event EventHandler? DrawerMoved;

    public void Scan(string article) => Scanned?.Invoke(this, article);

    public void MoveDrawer() => DrawerMoved?.Invoke(this, EventArgs.Empty);
}

public sealed class TillWatch
{
    private readonly CheckoutSession _checkout = new();
    private readonly ISatUplink _uplink;
    private readonly IMailClient _mail;
    private readonly IReportStream _report;
    private readonly List<Action<string>> _sinks = [];

    // ok LCA2001: none of these is a connection
    public TillWatch(Till till, ISatUplink uplink, IMailClient mail, IReportStream report)
    {
        (_uplink, _mail, _report) = (uplink, mail, report);
        till.Scanned += (_, article) => _checkout.AddLine(article);
        till.DrawerMoved += OnDrawerMoved;
        till.Scanned += OnScanned;
    }

    private void OnDrawerMoved(object? sender, EventArgs e)
    {
        _mail.Send("owner@example.org", "drawer moved");
        _uplink.Send("drawer");
    }

    private void OnScanned(object? sender, string article)
    {
        _report.WriteRow(article);
        foreach (var sink in _sinks) sink(article);
    }
}

/// <summary>A memory stream, a file and a response are no peers that close.</summary>
public sealed class Recorder : IDisposable
{
    private readonly MemoryStream _memory = new();
    private readonly StreamWriter _file;
    private readonly ILogger _log;

    // ok LCA2001: memory and files
    public Recorder(Till till, string path, ILogger log)
    {
        _log = log;
        _file = new StreamWriter(path, append: true);
        till.Scanned += (_, article) => _file.WriteLine(article);
        till.DrawerMoved += (_, _) => _memory.WriteByte(1);
        till.Scanned += (_, article) => _log.LogInformation("{Article}", article);
    }

    public void Dispose()
    {
        _file.Dispose();
        _memory.Dispose();
    }
}

public sealed class ReceiptMiddleware(RequestDelegate next)
{
    // ok LCA2001: the answer to the request being handled, on the framework's own object
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["X-Till"] = "1";
            return Task.CompletedTask;
        });
        if (context.Request.Path == "/receipt") await context.Response.WriteAsync("thank you");
        else await next(context);
    }
}
