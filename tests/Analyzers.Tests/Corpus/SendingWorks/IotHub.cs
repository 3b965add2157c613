// An IoT hub's device sessions: generic, nested, with own connection types that are found by convention.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Websocket.Client;

namespace SendingWorks.IotHub
{
    public enum DeviceStatus { New, Connected, Disconnected, Faulted }

    public interface IDeviceSession : IAsyncDisposable
    {
        DeviceStatus Status { get; }
        string DeviceId { get; }
        event EventHandler? Ready;
        Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken ct = default);
    }

    public sealed class TwinChanged<TTwin>(TTwin twin) : EventArgs
    {
        public TTwin Twin => twin;
    }

    public interface ITwinStore<TTwin>
    {
        event EventHandler<TwinChanged<TTwin>>? Changed;
        Task<TTwin> GetAsync(string deviceId, CancellationToken ct);
    }

    public sealed class TwinSync<TTwin> where TTwin : notnull
    {
        private readonly IDeviceSession _device;
        private readonly ITwinStore<TTwin> _store;

        public TwinSync(IDeviceSession device, ITwinStore<TTwin> store, CancellationToken stopping)
        {
            _device = device;
            _store = store;
            _store.Changed += async (_, e) => await DesiredAsync(e.Twin); //! LCA2001
            // ok LCA2001: Ready proves the state
            _device.Ready += async (_, _) => await _device.PublishAsync("twin/get", default);
            stopping.Register(OnStopping);
        }

        private async void OnStopping()
        {
            await _device.PublishAsync("bye", default); //! LCA2001
        }

        private Task DesiredAsync(TTwin twin) =>
            _device.PublishAsync("twin/desired", JsonSerializer.SerializeToUtf8Bytes(twin));

        public async Task RefreshAsync(CancellationToken ct)
        {
            if (_device.Status is not DeviceStatus.Connected) return;
            var twin = await _store.GetAsync(_device.DeviceId, ct);
            await DesiredIfAsync(twin, ct);
        }

        // ok LCA2002: the helper that RefreshAsync calls asks again
        private async Task DesiredIfAsync(TTwin twin, CancellationToken ct)
        {
            if (_device.Status == DeviceStatus.Connected)
                await _device.PublishAsync("twin/desired", JsonSerializer.SerializeToUtf8Bytes(twin), ct);
        }

        public async Task ReplaceAsync(CancellationToken ct)
        {
            if (_device.Status is DeviceStatus.Disconnected or DeviceStatus.Faulted)
                throw new InvalidOperationException($"{_device.DeviceId} is {_device.Status}");
            var twin = await _store.GetAsync(_device.DeviceId, ct);
            var json = JsonSerializer.SerializeToUtf8Bytes(twin);
            await _device.PublishAsync("twin/replace", json, ct); //! LCA2002
        }
    }

    public sealed class Fleet(IReadOnlyList<IDeviceSession> devices, ILogger<Fleet> log)
    {
        public delegate byte[] CommandFactory(IDeviceSession device);

        // ok LCA2002: each device is asked right before
        public async Task BroadcastAsync(ReadOnlyMemory<byte> command, CancellationToken ct)
        {
            foreach (var device in devices)
            {
                if (device.Status != DeviceStatus.Connected) continue;
                await device.PublishAsync("command", command, ct);
            }
        }

        public async Task CommandAsync(CommandFactory create, CancellationToken ct)
        {
            foreach (var device in devices)
            {
                if (device.Status != DeviceStatus.Connected) continue;
                var command = create(device);
                await device.PublishAsync("command", command, ct); //! LCA2002
            }
        }

        // ok LCA2002: the factory first
        public async Task CommandCheckedAsync(CommandFactory create, CancellationToken ct)
        {
            foreach (var device in devices)
            {
                var command = create(device);
                if (device.Status == DeviceStatus.Connected) await device.PublishAsync("command", command, ct);
            }
        }

        public async Task RolloutAsync(byte[] firmware, TimeSpan pause, CancellationToken ct)
        {
            foreach (var device in devices.Where(d => d.DeviceId.Length > 0))
            {
                var usable = device.Status == DeviceStatus.Connected;
                log.LogInformation("{Device}: {Usable}", device.DeviceId, usable);
                await Task.Delay(pause, ct);
                if (usable) await device.PublishAsync("firmware", firmware, ct); //! LCA2002
            }
        }

        // ok LCA2002: the failure is caught and told per device
        public async Task<int> RolloutTolerantAsync(byte[] firmware, TimeSpan pause, CancellationToken ct)
        {
            var done = 0;
            foreach (var device in devices)
            {
                if (device.Status != DeviceStatus.Connected) continue;
                await Task.Delay(pause, ct);
                try
                {
                    await device.PublishAsync("firmware", firmware, ct);
                    done++;
                }
                catch (Exception ex)
                {
                    log.LogWarning(ex, "{Device} not updated", device.DeviceId);
                }
            }
            return done;
        }

        /// <summary>Watches one device's telemetry window.</summary>
        public sealed class Window : IDisposable
        {
            private readonly IDeviceSession _device;
            private readonly System.Timers.Timer _timer = new(10_000) { AutoReset = true };

            public Window(IDeviceSession device)
            {
                _device = device;
                _timer.Elapsed += OnElapsed;
                _timer.Start();
            }

            private async void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
            {
                var payload = BitConverter.GetBytes(e.SignalTime.Ticks);
                await _device.PublishAsync("window", payload); //! LCA2001
            }

            public void Dispose()
            {
                _timer.Elapsed -= OnElapsed;
                _timer.Dispose();
            }
        }

        public sealed class CheckedWindow : IDisposable
        {
            private readonly System.Timers.Timer _timer = new(10_000);

            // ok LCA2001: asked with a local that holds the state
            public CheckedWindow(IDeviceSession device)
            {
                _timer.Elapsed += async (_, e) =>
                {
                    var status = device.Status;
                    if (status != DeviceStatus.Connected) return;
                    await device.PublishAsync("window", BitConverter.GetBytes(e.SignalTime.Ticks));
                };
                _timer.Start();
            }

            public void Dispose() => _timer.Dispose();
        }
    }

    /// <summary>Devices' telemetry to a dashboard whose client queues what it is given.</summary>
    public sealed class DashboardFeed(IWebsocketClient dashboard)
    {
        private readonly Channel<string> _out = Channel.CreateUnbounded<string>();

        public int Dropped { get; private set; }

        // ok LCA2001: Send of this client only queues
        public void Attach(ITwinStore<string> store) => store.Changed += (_, e) => dashboard.Send(e.Twin);

        // ok LCA2001: an own outbox
        public void AttachOutbox(ITwinStore<string> store) => store.Changed += (_, e) =>
        {
            if (!_out.Writer.TryWrite(e.Twin)) Dropped++;
        };
    }
}
