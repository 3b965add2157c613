// A SignalR hub with its publisher on the server, and an agent on the client's side.
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodHubAgent;

public sealed class RoomHub(ILogger<RoomHub> log) : Hub
{
    public override async Task OnConnectedAsync()
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, "lobby");
        await base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (exception is not null) log.LogDebug(exception, "connection lost");
        await Clients.OthersInGroup("lobby").SendAsync("left", Context.ConnectionId);
        await base.OnDisconnectedAsync(exception);
    }

    public Task Say(string text) => Clients.OthersInGroup("lobby").SendAsync("said", text);
}

public sealed class ClockPublisher(IHubContext<RoomHub> hub, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await hub.Clients.All.SendAsync("clock", time.GetUtcNow(), stoppingToken);
    }
}

public sealed class HubAgent : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly ILogger _log;
    private readonly Channel<string> _commands = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HubAgent(string url, ILogger log)
    {
        _log = log;
        _hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        _hub.On<string>("said", text => _commands.Writer.TryWrite(text));
        _hub.Reconnected += OnReconnectedAsync;
        _hub.Closed += error =>
        {
            if (error is null) _closed.TrySetResult();
            else _closed.TrySetException(error);
            return Task.CompletedTask;
        };
    }

    public async Task RunAsync(CancellationToken stop)
    {
        await _hub.StartAsync(stop);
        await foreach (var command in _commands.Reader.ReadAllAsync(stop))
        {
            try
            {
                await _hub.InvokeAsync("Say", "did " + command, stop);
            }
            catch (InvalidOperationException ex)
            {
                _log.LogInformation(ex, "reconnecting, {Command} is lost", command);
            }
        }
    }

    private async Task OnReconnectedAsync(string? id)
    {
        _log.LogInformation("back as {Id}", id);
        await _hub.SendAsync("Say", "back");
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Writer.TryComplete();
        await _hub.DisposeAsync();
    }
}
