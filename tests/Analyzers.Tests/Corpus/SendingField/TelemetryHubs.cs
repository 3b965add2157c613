// Dashboards, chargers and lifts reporting over SignalR hub connections.
using System.Reactive.Subjects;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace System.Reactive.Subjects
{
    // What the cases need of an observable.
    public static class ObservableExtensions
    {
        public static IDisposable Subscribe<T>(this IObservable<T> source, Action<T> onNext) => source.Subscribe(new Anonymous<T>(onNext));

        private sealed class Anonymous<T>(Action<T> onNext) : IObserver<T>
        {
            public void OnNext(T value) => onNext(value);
            public void OnError(Exception error) { }
            public void OnCompleted() { }
        }
    }
}

namespace Field.Sending.TelemetryHubs
{
    public record Reading(string Device, double Value);

    public sealed class ChargerReporter : IDisposable
    {
        private readonly HubConnection _hub;
        private readonly Timer _heartbeat;
        private readonly IDisposable _readings;
        private readonly ILogger _log;

        public ChargerReporter(HubConnection hub, IObservable<Reading> readings, ILogger log)
        {
            (_hub, _log) = (hub, log);
            _heartbeat = new Timer(SendHeartbeat, null, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            _readings = readings.Subscribe(r => Report(r)); //! LCA2001
        }

        private void SendHeartbeat(object? state)
        {
            _log.LogTrace("heartbeat");
            _hub.SendAsync("Heartbeat", DateTime.UtcNow).GetAwaiter().GetResult(); //! LCA2001
        }

        private void Report(Reading reading)
        {
            if (double.IsNaN(reading.Value)) return;
            _hub.SendAsync("Report", reading).Wait();
        }

        public void Dispose()
        {
            _heartbeat.Dispose();
            _readings.Dispose();
        }
    }

    public sealed class SteadyReporter : IDisposable
    {
        private readonly HubConnection _hub;
        private readonly Timer _heartbeat;
        private readonly IDisposable _readings;

        public SteadyReporter(HubConnection hub, IObservable<Reading> readings)
        {
            _hub = hub;
            _heartbeat = new Timer(_ => SendHeartbeat(), null, 0, 30_000);
            _readings = readings.Subscribe(Report);
        }

        // ok LCA2001: the state decides
        private void SendHeartbeat()
        {
            if (!IsUp()) return;
            _hub.SendAsync("Heartbeat", DateTime.UtcNow).GetAwaiter().GetResult();
        }

        private bool IsUp() => _hub.State == HubConnectionState.Connected;

        // ok LCA2001: caught what a closing hub throws
        private void Report(Reading reading)
        {
            try
            {
                _hub.SendAsync("Report", reading).Wait();
            }
            catch (AggregateException ex) when (ex.InnerException is InvalidOperationException)
            {
                Lost++;
            }
        }

        public int Lost { get; private set; }

        public void Dispose()
        {
            _heartbeat.Dispose();
            _readings.Dispose();
        }
    }

    public sealed class LiftPanel
    {
        private readonly HubConnection _hub;

        public LiftPanel(HubConnection hub, Func<IChangeToken> config)
        {
            _hub = hub;
            hub.On<string>("call", OnCallAsync);
            ChangeToken.OnChange(config, () => { _ = PushConfigAsync(); }); //! LCA2001
            hub.Reconnected += _ => Announce();
        }

        private async Task OnCallAsync(string floor)
        {
            await Task.Delay(100);
            await _hub.SendAsync("coming", floor); //! LCA2001
        }

        private async Task PushConfigAsync()
        {
            await _hub.SendAsync("config", Environment.MachineName);
        }

        // ok LCA2001: Reconnected proves the state
        private Task Announce() => _hub.SendAsync("back", _hub.ConnectionId);
    }

    public sealed class StatusPusher(HubConnection hub, Func<Task<string>> load, ILogger log)
    {
        public async Task PushAsync(CancellationToken stop)
        {
            if (hub.State != HubConnectionState.Connected) return;
            var text = await load();
            await hub.SendAsync("status", text, stop); //! LCA2002
        }

        // ok LCA2002: loaded first
        public async Task PushLoadedAsync(CancellationToken stop)
        {
            var text = await load();
            if (hub.State is HubConnectionState.Connected)
                await hub.SendAsync("status", text, stop);
        }

        // ok LCA2002: the failure is answered
        public async Task PushCaughtAsync(CancellationToken stop)
        {
            if (hub.State != HubConnectionState.Connected) return;
            var text = await load();
            try
            {
                await hub.SendAsync("status", text, stop);
            }
            catch (InvalidOperationException ex)
            {
                log.LogWarning(ex, "not sent");
            }
        }

        // ok LCA2002: a send on the very connection that worked keeps the check
        public async Task PushTwiceAsync(CancellationToken stop)
        {
            if (hub.State != HubConnectionState.Connected) return;
            await hub.SendAsync("status", "first", stop);
            await hub.SendAsync("status", "second", stop);
        }

        public async Task PushAllAsync(IAsyncEnumerable<string> lines, CancellationToken stop)
        {
            if (hub.State != HubConnectionState.Connected) throw new InvalidOperationException();
            await foreach (var line in lines.WithCancellation(stop))
                await hub.SendAsync("line", line, stop); //! LCA2002
        }

        // ok LCA2002: reopened by the helper just before
        public async Task PushEnsuredAsync(CancellationToken stop)
        {
            var text = await load();
            await EnsureStartedAsync(stop);
            await hub.SendAsync("status", text, stop);
        }

        private async Task EnsureStartedAsync(CancellationToken stop)
        {
            if (hub.State == HubConnectionState.Disconnected) await hub.StartAsync(stop);
        }
    }

    public static class HubWiring
    {
        public static void Forward(HubConnection from, HubConnection to)
        {
            from.On<Reading>("reading", async reading => await to.SendAsync("reading", reading)); //! LCA2001
            from.On<string>("text", Relay);
            return;

            async Task Relay(string text)
            {
                if (to.State == HubConnectionState.Connected) await to.SendAsync("text", text);
            }
        }

        public static CancellationTokenRegistration OnShutdown(HubConnection hub, CancellationToken stop) =>
            stop.Register(() => hub.SendAsync("bye", 0).Wait()); //! LCA2001

        // ok LCA2001: guarded
        public static CancellationTokenRegistration OnShutdownGuarded(HubConnection hub, CancellationToken stop) =>
            stop.Register(() =>
            {
                if (hub is { State: HubConnectionState.Connected }) hub.SendAsync("bye", 0).Wait();
            });
    }
}
