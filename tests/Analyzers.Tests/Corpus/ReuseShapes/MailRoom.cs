using System.Collections.Concurrent;
using MailKit.Net.Smtp;
using Microsoft.AspNetCore.SignalR.Client;

namespace Office.MailRoom;

public interface ILetters
{
    Task SendAsync(object letter, CancellationToken cancellation);
}

/// <summary>One SMTP client that stays signed in.</summary>
internal sealed class Postman(string host) : ILetters
{
    private SmtpClient? _smtp;

    public async Task SendAsync(object letter, CancellationToken cancellation)
    {
        if (_smtp is null)
        {
            _smtp = new SmtpClient(); //! LCA1003
            _smtp.Disconnected += (_, _) => Console.WriteLine("signed out");
            await _smtp.ConnectAsync(host, 465, true, cancellation);
        }

        await _smtp.SendAsync(letter, cancellation); //! LCA3001
    }
}

/// <summary>Asks the server with NOOP before each letter.</summary>
internal sealed class CarefulPostman(string host) : ILetters
{
    private SmtpClient? _smtp;

    public async Task SendAsync(object letter, CancellationToken cancellation)
    {
        await SignInAsync(cancellation);
        await _smtp!.SendAsync(letter, cancellation); // ok LCA3001: NOOP was answered
    }

    private async Task SignInAsync(CancellationToken cancellation)
    {
        try
        {
            if (_smtp is { IsConnected: true })
            {
                await _smtp.NoOpAsync(cancellation);
                return;
            }
        }
        catch (IOException)
        {
        }

        _smtp?.Dispose();
        _smtp = new SmtpClient();
        _smtp.Disconnected += (_, _) => Console.WriteLine("signed out");
        await _smtp.ConnectAsync(host, 465, true, cancellation);
    }
}

/// <summary>Counts failures and passes them on; the client that failed stays.</summary>
internal sealed class CountingPostman(Func<Task<SmtpClient>> signIn) : ILetters
{
    private SmtpClient? _smtp;
    private int _failures;

    public async Task SendAsync(object letter, CancellationToken cancellation)
    {
        try
        {
            _smtp ??= await signIn(); //! LCA3002
            await _smtp.SendAsync(letter, cancellation); //? LCA3001
        }
        catch (IOException)
        {
            _failures++;
            throw;
        }
    }

    public int Failures => _failures;
}

/// <summary>Front desks see what arrives over a hub connection.</summary>
public sealed class FrontDesk(Func<string, HubConnection> build)
{
    private readonly ConcurrentDictionary<string, HubConnection> _desks = new();

    public async Task TellAsync(string desk, string text, CancellationToken cancellation)
    {
        var hub = _desks.GetOrAdd(desk, build);
        await hub.SendAsync("Tell", text, cancellation); //! LCA3001
    }

    public async Task TellIfThereAsync(string desk, string text, CancellationToken cancellation)
    {
        if (_desks.TryGetValue(desk, out var hub) && hub is { State: HubConnectionState.Connected })
        {
            await hub.SendAsync("Tell", text, cancellation); // ok LCA3001: asked by a pattern
        }
    }
}

/// <summary>Looks the same, but this connection comes back by itself.</summary>
public sealed class ReturningFrontDesk
{
    private HubConnection? _hub;

    public async Task TellAsync(string text, CancellationToken cancellation)
    {
        _hub ??= await StartAsync(cancellation);
        await _hub.SendAsync("Tell", text, cancellation); // ok LCA3001: WithAutomaticReconnect
    }

    private static async Task<HubConnection> StartAsync(CancellationToken cancellation)
    {
        var hub = new HubConnectionBuilder().WithUrl("https://desk.example/hub").WithAutomaticReconnect().Build();
        hub.Closed += _ => Task.CompletedTask;
        try
        {
            await hub.StartAsync(cancellation);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }
}

/// <summary>A new hub connection after each end; the old one's end closes the new.</summary>
public sealed class MonitorDesk(Func<HubConnection> build)
{
    private HubConnection? _hub;

    public HubConnection? Hub
    {
        get => _hub;
        private set => _hub = value;
    }

    public async Task RestartAsync(CancellationToken cancellation)
    {
        var hub = build();
        hub.Closed += OnClosedAsync;
        await hub.StartAsync(cancellation);
        Hub = hub; //! LCA3006
    }

    private async Task OnClosedAsync(Exception? error)
    {
        if (Hub is not null) await Hub.StopAsync();
        Hub = null;
    }
}
