// Declarations of Microsoft.AspNetCore.SignalR.Client, as far as the cases use them.
namespace Microsoft.AspNetCore.SignalR.Client
{
    public enum HubConnectionState { Disconnected, Connected, Connecting, Reconnecting }
    public interface IHubConnectionBuilder { HubConnection Build(); }
    public class HubConnectionBuilder : IHubConnectionBuilder { public HubConnection Build() => throw null!; }
    public static class HubConnectionBuilderHttpExtensions { public static IHubConnectionBuilder WithUrl(this IHubConnectionBuilder builder, string url) => builder; }
    public static class HubConnectionBuilderExtensions { public static IHubConnectionBuilder WithAutomaticReconnect(this IHubConnectionBuilder builder) => builder; }

    public class HubConnection : IAsyncDisposable
    {
        public event Func<Exception?, Task>? Closed { add { } remove { } }
        public event Func<Exception?, Task>? Reconnecting { add { } remove { } }
        public event Func<string?, Task>? Reconnected { add { } remove { } }
        public HubConnectionState State => throw null!;
        public virtual Task StartAsync(CancellationToken cancellationToken = default) => throw null!;
        public virtual Task StopAsync(CancellationToken cancellationToken = default) => throw null!;
        public virtual ValueTask DisposeAsync() => throw null!;
    }

    public static class HubConnectionExtensions
    {
        public static Task SendAsync(this HubConnection hubConnection, string methodName, CancellationToken cancellationToken = default) => throw null!;
        public static Task SendAsync(this HubConnection hubConnection, string methodName, object? arg1, CancellationToken cancellationToken = default) => throw null!;
        public static Task SendAsync(this HubConnection hubConnection, string methodName, object? arg1, object? arg2, CancellationToken cancellationToken = default) => throw null!;
        public static Task InvokeAsync(this HubConnection hubConnection, string methodName, object? arg1, CancellationToken cancellationToken = default) => throw null!;
        public static IDisposable On<T1>(this HubConnection hubConnection, string methodName, Func<T1, Task> handler) => throw null!;
        public static IDisposable On<T1, T2>(this HubConnection hubConnection, string methodName, Func<T1, T2, Task> handler) => throw null!;
    }
}
