// Connection types of the house, found by their shape, and the classes that open them; and what only looks like one.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CreationWorks.HouseTransports
{
    public enum TransportStatus { Created, Connecting, Connected, Closing, Closed }

    /// <summary>Framed telemetry to the control centre. Tells of its end by <see cref="Faulted"/>.</summary>
    public sealed class TelemetryConnection : IAsyncDisposable
    {
        private readonly TcpClient _client = new();

        public event EventHandler<Exception>? Faulted;

        public TransportStatus Status { get; private set; }

        public async Task ConnectAsync(string host, CancellationToken ct)
        {
            Status = TransportStatus.Connecting;
            await _client.ConnectAsync(host, 7400, ct);
            Status = TransportStatus.Connected;
        }

        public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
        {
            try
            {
                await _client.GetStream().WriteAsync(frame, ct);
            }
            catch (IOException ex)
            {
                Status = TransportStatus.Closed;
                Faulted?.Invoke(this, ex);
                throw;
            }
        }

        public ValueTask DisposeAsync()
        {
            Status = TransportStatus.Closed;
            _client.Dispose();
            return default;
        }
    }

    /// <summary>A multiplexed channel of the vendor; the implementation lives elsewhere.</summary>
    public interface IMuxChannel : IAsyncDisposable
    {
        event Action<Exception>? OnError;
        bool IsOpen { get; }
        Task OpenAsync(CancellationToken ct);
        Task PublishAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken ct);
    }

    public interface IMuxFactory
    {
        IMuxChannel Create(string authority);
    }

    public sealed class TelemetryService(string centre, ILogger<TelemetryService> log) : IAsyncDisposable
    {
        private readonly TelemetryConnection _connection = new();

        public async Task StartAsync(CancellationToken ct)
        {
            await _connection.ConnectAsync(centre, ct); //! LCA1001
            log.LogInformation("telemetry to {Centre}", centre);
            _connection.Faulted += OnFaulted;
        }

        private void OnFaulted(object? sender, Exception ex) => log.LogError(ex, "telemetry lost");

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }

    public sealed class OrderlyTelemetryService(string centre, ILogger<OrderlyTelemetryService> log) : IAsyncDisposable
    {
        private readonly TelemetryConnection _connection = new();

        // ok LCA1001: attached, then opened
        public async Task StartAsync(CancellationToken ct)
        {
            _connection.Faulted += OnFaulted;
            await _connection.ConnectAsync(centre, ct);
        }

        private void OnFaulted(object? sender, Exception ex) => log.LogError(ex, "telemetry lost");

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }

    public sealed class MuxSubscriber(IMuxFactory factory, string authority) : IAsyncDisposable
    {
        private IMuxChannel? _channel;

        public async Task StartAsync(CancellationToken ct)
        {
            _channel = factory.Create(authority);
            await _channel.OpenAsync(ct); //! LCA1001
        }

        public async ValueTask DisposeAsync()
        {
            if (_channel is not null) await _channel.DisposeAsync();
        }
    }

    public sealed class MuxPublisher(IMuxFactory factory, string authority, ILogger log) : IAsyncDisposable
    {
        private IMuxChannel? _channel;

        // ok LCA1001: the handler stands between creation and opening
        public async Task StartAsync(CancellationToken ct)
        {
            var channel = factory.Create(authority);
            channel.OnError += ex => log.LogError(ex, "{Authority} failed", authority);
            _channel = channel;
            await channel.OpenAsync(ct);
        }

        public async ValueTask DisposeAsync()
        {
            if (_channel is not null) await _channel.DisposeAsync();
        }
    }

    public sealed class OneShot(IMuxFactory factory)
    {
        // ok LCA1001: a local of awaited calls, disposed at the end
        public async Task PublishAsync(string authority, string topic, ReadOnlyMemory<byte> body, CancellationToken ct)
        {
            await using var channel = factory.Create(authority);
            await channel.OpenAsync(ct);
            await channel.PublishAsync(topic, body, ct);
        }
    }

    // ok LCA1001: a member that was handed in is the business of whoever made it
    public sealed record MuxPair(IMuxChannel Primary, IMuxChannel Standby)
    {
        public async Task OpenAsync(CancellationToken ct)
        {
            await Primary.OpenAsync(ct);
            await Standby.OpenAsync(ct);
        }
    }

    public static class TelemetryDialer
    {
        public static async Task<TelemetryConnection> DialAsync(string centre, EventHandler<Exception> faulted, CancellationToken ct)
        {
            var connection = new TelemetryConnection(); //! LCA1003
            connection.Faulted += faulted;
            await connection.ConnectAsync(centre, ct);
            return connection;
        }

        // ok LCA1003: disposed when the centre does not answer
        public static async Task<TelemetryConnection> DialOrDisposeAsync(string centre, EventHandler<Exception> faulted, CancellationToken ct)
        {
            var connection = new TelemetryConnection();
            connection.Faulted += faulted;
            try
            {
                await connection.ConnectAsync(centre, ct);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>A shopping session: it has a state and an end, but sends nothing, and its event tells of a timeout of the user.</summary>
    public sealed class CheckoutSession
    {
        public event EventHandler? Expired;

        public TransportStatus Status { get; private set; }

        public Task OpenAsync(CancellationToken ct)
        {
            Status = TransportStatus.Connected;
            return Task.CompletedTask;
        }

        public void Close()
        {
            Status = TransportStatus.Closed;
            Expired?.Invoke(this, EventArgs.Empty);
        }
    }

    public sealed class Checkout
    {
        private readonly CheckoutSession _session = new();

        // ok LCA1001: no connection
        public async Task BeginAsync(CancellationToken ct)
        {
            await _session.OpenAsync(ct);
            _session.Expired += (_, _) => Abandoned = true;
        }

        // ok LCA1003 LCA1004: a shop's session that fails to open leaks nothing, and its task is no connection's
        public static CheckoutSession Begin()
        {
            var session = new CheckoutSession();
            _ = session.OpenAsync(CancellationToken.None);
            return session;
        }

        public bool Abandoned { get; private set; }
    }

    /// <summary>Keeps the last frames for the operator's screen.</summary>
    public sealed class FrameTail(int capacity)
    {
        private readonly Queue<byte[]> _frames = new();
        private int _held;

        // ok LCA1007: counts frames, not connections, and trims under the same lock
        public void Add(byte[] frame)
        {
            lock (_frames)
            {
                _frames.Enqueue(frame);
                _held++;
                while (_held > capacity)
                {
                    _frames.Dequeue();
                    _held--;
                }
            }
        }
    }

    public abstract class TransportBase : IDisposable
    {
        protected Socket? Socket { get; private set; }

        protected abstract EndPoint Remote { get; }

        // ok LCA1003: assigned to the property first; the type closes it
        public async Task OpenAsync(CancellationToken ct)
        {
            Socket = new Socket(Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await Socket.ConnectAsync(Remote, ct);
            await GreetAsync(ct);
        }

        protected abstract Task GreetAsync(CancellationToken ct);

        public virtual void Dispose() => Socket?.Dispose();
    }

    public sealed class SilentTransport(EndPoint remote) : TransportBase
    {
        protected override EndPoint Remote => remote;

        protected override Task GreetAsync(CancellationToken ct) => Task.CompletedTask;
    }

    public sealed class ParallelTransport(EndPoint first, EndPoint second)
    {
        // The second that fails takes nothing of the first along: neither is closed.
        public async Task<(Socket, Socket)> OpenBothAsync(CancellationToken ct)
        {
            var a = new Socket(first.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            var b = new Socket(second.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            await Task.WhenAll(a.ConnectAsync(first, ct).AsTask(), b.ConnectAsync(second, ct).AsTask());
            return (a, b);
        }

        // ok LCA1003: one catch closes the two
        public async Task<(Socket, Socket)> OpenBothOrNoneAsync(CancellationToken ct)
        {
            var a = new Socket(first.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var b = new Socket(second.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await Task.WhenAll(a.ConnectAsync(first, ct).AsTask(), b.ConnectAsync(second, ct).AsTask());
                return (a, b);
            }
            catch
            {
                a.Dispose();
                b.Dispose();
                throw;
            }
        }
    }
}
