// Declarations of several vendors' clients, as far as the cases use them.
namespace Polly
{
    public sealed class ResilienceContext { }

    public sealed class ResiliencePipeline
    {
        public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> callback, CancellationToken cancellationToken = default) => throw null!;
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) => throw null!;
        public void Execute(Action callback) => throw null!;
    }

    public sealed class ResiliencePipeline<T>
    {
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) where TResult : T => throw null!;
    }

    public sealed class ResiliencePipelineBuilder
    {
        public ResiliencePipelineBuilder AddRetry(Polly.Retry.RetryStrategyOptions options) => throw null!;
        public ResiliencePipelineBuilder AddTimeout(TimeSpan timeout) => throw null!;
        public ResiliencePipeline Build() => throw null!;
    }

    public sealed class ResiliencePipelineBuilder<TResult>
    {
        public ResiliencePipelineBuilder<TResult> AddRetry(Polly.Retry.RetryStrategyOptions<TResult> options) => throw null!;
        public ResiliencePipelineBuilder<TResult> AddTimeout(TimeSpan timeout) => throw null!;
        public ResiliencePipeline<TResult> Build() => throw null!;
    }

    public sealed class PredicateBuilder
    {
        public PredicateBuilder Handle<TException>() where TException : Exception => throw null!;
        public PredicateBuilder Handle<TException>(Func<TException, bool> predicate) where TException : Exception => throw null!;
    }

    public sealed class PredicateBuilder<TResult>
    {
        public PredicateBuilder<TResult> Handle<TException>() where TException : Exception => throw null!;
        public PredicateBuilder<TResult> HandleResult(Func<TResult, bool> predicate) => throw null!;
    }
}

namespace Polly.Retry
{
    public class RetryStrategyOptions
    {
        public int MaxRetryAttempts { get; set; }
        public TimeSpan Delay { get; set; }
        public Polly.PredicateBuilder? ShouldHandle { get; set; }
    }

    public class RetryStrategyOptions<TResult>
    {
        public int MaxRetryAttempts { get; set; }
        public TimeSpan Delay { get; set; }
        public Polly.PredicateBuilder<TResult>? ShouldHandle { get; set; }
    }
}

namespace Microsoft.AspNetCore.SignalR.Client
{
    public enum HubConnectionState { Disconnected, Connected, Connecting, Reconnecting }

    public class HubConnection : IAsyncDisposable
    {
        public event Func<Exception?, Task>? Closed { add { } remove { } }
        public event Func<string?, Task>? Reconnected { add { } remove { } }
        public HubConnectionState State => throw null!;
        public virtual Task StartAsync(CancellationToken cancellationToken = default) => throw null!;
        public virtual Task StopAsync(CancellationToken cancellationToken = default) => throw null!;
        public virtual ValueTask DisposeAsync() => throw null!;
    }

    public static class HubConnectionExtensions
    {
        public static Task SendAsync(this HubConnection hubConnection, string methodName, object? arg1, CancellationToken cancellationToken = default) => throw null!;
        public static Task<TResult> InvokeAsync<TResult>(this HubConnection hubConnection, string methodName, object? arg1, CancellationToken cancellationToken = default) => throw null!;
        public static IDisposable On<T1>(this HubConnection hubConnection, string methodName, Action<T1> handler) => throw null!;
    }

    public interface IHubConnectionBuilder { HubConnection Build(); }

    public class HubConnectionBuilder : IHubConnectionBuilder
    {
        public HubConnectionBuilder WithUrl(string url) => throw null!;
        public HubConnectionBuilder WithAutomaticReconnect() => throw null!;
        public HubConnection Build() => throw null!;
    }
}

namespace Renci.SshNet
{
    public abstract class BaseClient : IDisposable
    {
        public bool IsConnected => throw null!;
        public void Connect() => throw null!;
        public Task ConnectAsync(CancellationToken cancellationToken) => throw null!;
        public void Disconnect() => throw null!;
        public void Dispose() => throw null!;
    }

    public class SftpClient : BaseClient
    {
        public SftpClient(string host, string username, string password) { }
        public void UploadFile(Stream input, string path, bool canOverride = true) => throw null!;
        public bool Exists(string path) => throw null!;
    }
}

namespace MailKit
{
    public interface IMailService : IDisposable
    {
        bool IsConnected { get; }
        bool IsAuthenticated { get; }
        event EventHandler<EventArgs>? Disconnected;
        Task ConnectAsync(string host, int port, bool useSsl, CancellationToken cancellationToken = default);
        Task NoOpAsync(CancellationToken cancellationToken = default);
        Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default);
    }

    public abstract class MailService : IMailService
    {
        public bool IsConnected => throw null!;
        public bool IsAuthenticated => throw null!;
        public event EventHandler<EventArgs>? Disconnected { add { } remove { } }
        public Task ConnectAsync(string host, int port, bool useSsl, CancellationToken cancellationToken = default) => throw null!;
        public Task AuthenticateAsync(string user, string password, CancellationToken cancellationToken = default) => throw null!;
        public Task NoOpAsync(CancellationToken cancellationToken = default) => throw null!;
        public Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default) => throw null!;
        public void Dispose() => throw null!;
    }
}

namespace MailKit.Net.Smtp
{
    public class SmtpClient : MailService
    {
        public Task<string> SendAsync(object message, CancellationToken cancellationToken = default) => throw null!;
    }
}

namespace MQTTnet.Client
{
    public class MqttClientOptions { }
    public class MqttApplicationMessage { public string? Topic { get; set; } }
    public class MqttClientDisconnectedEventArgs : EventArgs { public Exception? Exception => throw null!; }

    public interface IMqttClient : IDisposable
    {
        event Func<MqttClientDisconnectedEventArgs, Task> DisconnectedAsync;
        bool IsConnected { get; }
        Task ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken = default);
        Task DisconnectAsync(CancellationToken cancellationToken = default);
        Task PublishAsync(MqttApplicationMessage applicationMessage, CancellationToken cancellationToken = default);
    }
}

namespace Fjord.Telemetry
{
    public enum LinkState { Idle, Connected, Faulted, Closed }

    /// <summary>A vendor's telemetry connection.</summary>
    public sealed class TelemetryConnection : IDisposable, IAsyncDisposable
    {
        public static Task<TelemetryConnection> OpenAsync(string endpoint, CancellationToken cancellationToken = default) => throw null!;
        public static TelemetryConnection Open(string endpoint) => throw null!;
        public event EventHandler? Closed { add { } remove { } }
        public LinkState State => throw null!;
        public bool IsConnected => throw null!;
        public void Send(ReadOnlySpan<byte> frame) => throw null!;
        public Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default) => throw null!;
        public Task<byte[]> RequestAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default) => throw null!;
        public Task<bool> PingAsync(CancellationToken cancellationToken = default) => throw null!;
        public void Dispose() { }
        public ValueTask DisposeAsync() => default;
    }
}
