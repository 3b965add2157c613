// Drains a queue of outgoing mail from a hosted service; one client per run, several ways to dial.
using System.Threading.Channels;
using MailKit;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shapes.Creation.MailDrain;

public sealed record Smarthost(string Host, int Port, string User, string Secret);

public sealed class DrainService(Channel<object> outbox, Smarthost smarthost, ILogger<DrainService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in outbox.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await DeliverAsync(mail, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "mail not delivered");
            }
        }
    }

    // ok LCA1001: created, used through awaited calls and disposed right here
    private async Task DeliverAsync(object mail, CancellationToken stop)
    {
        using var smtp = new SmtpClient();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bound.CancelAfter(TimeSpan.FromSeconds(20));
        await smtp.ConnectAsync(smarthost.Host, smarthost.Port, true, bound.Token); // ok LCA1008
        await smtp.AuthenticateAsync(smarthost.User, smarthost.Secret, stop);
        await smtp.SendAsync(mail, stop);
        await smtp.DisconnectAsync(true, stop);
    }

    public async Task ProbeAsync()
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync(smarthost.Host, smarthost.Port, true); // ok LCA1008: its Timeout bounds it
        await smtp.DisconnectAsync(true);
    }

    // ok LCA1008: bounded from without
    public async Task<bool> ProbeBoundedAsync()
    {
        using var smtp = new SmtpClient();
        try
        {
            await smtp.ConnectAsync(smarthost.Host, smarthost.Port, true).WaitAsync(TimeSpan.FromSeconds(5)); //? LCA1004
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

/// <summary>A client for the whole day: who listens when the server hangs up?</summary>
public sealed class DaySession(Smarthost smarthost) : IDisposable
{
    private readonly SmtpClient _smtp = new();

    public async Task OpenAsync(CancellationToken stop)
    {
        await _smtp.ConnectAsync(smarthost.Host, smarthost.Port, true, stop); //! LCA1001
        await _smtp.AuthenticateAsync(smarthost.User, smarthost.Secret, stop);
    }

    public Task<string> SendAsync(object mail, CancellationToken stop) => _smtp.SendAsync(mail, stop);

    public void Dispose() => _smtp.Dispose();
}

public sealed class WatchedDaySession : IDisposable
{
    private readonly Smarthost _smarthost;
    private readonly IMailService _mail;

    public WatchedDaySession(Smarthost smarthost, ILogger log)
    {
        _smarthost = smarthost;
        var smtp = new SmtpClient { Timeout = 10_000 };
        smtp.Disconnected += (_, e) => log.LogInformation("hung up, asked for: {Asked}", e.IsRequested);
        _mail = smtp;
    }

    // ok LCA1001: attached to the local that became the field
    public Task OpenAsync(CancellationToken stop) => _mail.ConnectAsync(_smarthost.Host, _smarthost.Port, true, stop);

    public void Dispose() => _mail.Dispose();
}

/// <summary>Deliveries that nobody waits for.</summary>
public sealed class Errands(SmtpClient smtp, Smarthost host, ILogger log)
{
    private Task? _greeting;

    public void Greet(CancellationToken stop)
    {
        smtp.ConnectAsync(host.Host, host.Port, true, stop); //! LCA1004
    }

    public void GreetDiscarded(CancellationToken stop)
    {
        _ = smtp.ConnectAsync(host.Host, host.Port, true, stop); //! LCA1004
    }

    // ok LCA1004: a continuation looks at the fault
    public void GreetWatched(CancellationToken stop) =>
        smtp.ConnectAsync(host.Host, host.Port, true, stop)
            .ContinueWith(t => log.LogWarning(t.Exception, "greeting"), TaskContinuationOptions.OnlyOnFaulted);

    // ok LCA1004: kept, and waited for below
    public void GreetKept(CancellationToken stop) => _greeting = smtp.ConnectAsync(host.Host, host.Port, true, stop);

    public Task GreetedAsync() => _greeting ?? Task.CompletedTask;

    public void GreetForgotten(CancellationToken stop)
    {
        var greeting = smtp.ConnectAsync(host.Host, host.Port, true, stop); //! LCA1004
        log.LogDebug("greeting begun");
    }

    public async Task<bool> GreetWithinAsync(TimeSpan patience, CancellationToken stop)
    {
        var greeting = smtp.ConnectAsync(host.Host, host.Port, true, stop);
        var first = await Task.WhenAny(greeting, Task.Delay(patience, stop)); //! LCA1004
        if (first != greeting) return false;
        await greeting;
        return true;
    }

    // ok LCA1004: the late one is cancelled
    public async Task<bool> GreetOrCancelAsync(TimeSpan patience, CancellationToken stop)
    {
        using var give = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var greeting = smtp.ConnectAsync(host.Host, host.Port, true, give.Token);
        if (await Task.WhenAny(greeting, Task.Delay(patience, stop)) != greeting)
        {
            give.Cancel();
            return false;
        }
        await greeting;
        return true;
    }

    // ok LCA1004: a continuation by an extension of one's own
    public void Farewell() => smtp.DisconnectAsync(true).Forget(log);

    public void FarewellLoosely() => Task.Run(() => smtp.DisconnectAsync(true)); //? LCA1004
}

internal static class Forgetting
{
    public static void Forget(this Task task, ILogger log) => _ = ForgetAsync(task, log);

    private static async Task ForgetAsync(Task task, ILogger log)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "forgotten task");
        }
    }
}
