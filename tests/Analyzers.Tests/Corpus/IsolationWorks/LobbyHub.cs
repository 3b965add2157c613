// Game lobby: a SignalR hub, a gRPC matchmaker and the old HttpListener status page.
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.LobbyHub
{
    public interface ILobbyClient
    {
        Task Ready(string match);
    }

    public interface IMatchmaker
    {
        event Action<string>? MatchFound;
        Task<string> FindAsync(string player, CancellationToken ct);
        void Touch(string connection);
    }

    public class LobbyHub : Hub<ILobbyClient>
    {
        private static readonly ConcurrentDictionary<string, Timer> s_idle = new();
        private readonly IMatchmaker _matches;
        private readonly IHubContext<LobbyHub, ILobbyClient> _anytime;
        private readonly ILogger<LobbyHub> _log;

        public LobbyHub(IMatchmaker matches, IHubContext<LobbyHub, ILobbyClient> anytime, ILogger<LobbyHub> log)
        {
            _matches = matches;
            _anytime = anytime;
            _log = log;
        }

        public Task Search(string player)
        {
            _ = Task.Run(async () =>
            {
                try
                {
                    var match = await _matches.FindAsync(player, CancellationToken.None);
                    await Clients.Caller.Ready(match); //! LCA4003
                }
                catch (Exception e)
                {
                    _log.LogError(e, "search for {Player} failed", player);
                }
            });
            return Task.CompletedTask;
        }

        // ok LCA4003: by connection id, through the context that is valid at any time
        public Task SearchAnytime(string player)
        {
            var connection = Context.ConnectionId;
            var anytime = _anytime;
            var matches = _matches;
            var log = _log;
            _ = Task.Run(async () =>
            {
                try
                {
                    var match = await matches.FindAsync(player, CancellationToken.None);
                    await anytime.Clients.Client(connection).Ready(match);
                }
                catch (Exception e)
                {
                    log.LogError(e, "search for {Player} failed", player);
                }
            });
            return Task.CompletedTask;
        }

        // ok LCA4003: awaited in the call
        public async Task SearchNow(string player)
        {
            var match = await Task.Run(() => _matches.FindAsync(player, Context.ConnectionAborted));
            await Clients.Caller.Ready(match);
        }

        public void WatchIdle()
        {
            s_idle[Context.ConnectionId] = new Timer(_ => _matches.Touch(Context.ConnectionId), null, 60_000, 60_000); //! LCA4003
        }

        // ok LCA4003
        public void WatchIdleById()
        {
            var connection = Context.ConnectionId;
            var matches = _matches;
            s_idle[connection] = new Timer(_ => matches.Touch(connection), null, 60_000, 60_000);
        }

        public void Spectate()
        {
            _matches.MatchFound += match => _log.LogInformation("{User} may watch {Match}", Context.UserIdentifier, match); //! LCA4003
        }

        public override Task OnDisconnectedAsync(Exception? exception)
        {
            if (s_idle.TryRemove(Context.ConnectionId, out var timer)) timer.Dispose();
            return base.OnDisconnectedAsync(exception);
        }
    }

    public sealed record Ticket(string Player, int Rating);

    public abstract class MatchmakingBase
    {
        public abstract Task<string> Enqueue(Ticket request, ServerCallContext context);
        public abstract Task<string> Rate(Ticket request, ServerCallContext context);
        public abstract Task<string> Requeue(Ticket request, ServerCallContext context);
    }

    /// <summary>What the generated base class calls for each call of a client.</summary>
    public sealed class MatchmakingService(IMatchmaker matches, ILogger<MatchmakingService> log) : MatchmakingBase
    {
        private ServerCallContext? _call;

        public override Task<string> Enqueue(Ticket request, ServerCallContext context)
        {
            _ = Task.Run(async () =>
            {
                try
                {
                    var match = await matches.FindAsync(request.Player, CancellationToken.None);
                    log.LogInformation("{Peer} plays {Match}", context.Peer, match); //! LCA4003
                }
                catch (Exception e)
                {
                    log.LogError(e, "no match for {Player}", request.Player);
                }
            });
            return Task.FromResult("queued");
        }

        // ok LCA4003: the peer's name is copied; ok LCA4002: the service is made for each call
        public override async Task<string> Rate(Ticket request, ServerCallContext context)
        {
            _call = context;
            var peer = context.Peer;
            ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Peer} rated {Rating}", peer, request.Rating));
            var match = await matches.FindAsync(request.Player, context.CancellationToken);
            return match + _call.Method;
        }

        public override Task<string> Requeue(Ticket request, ServerCallContext context)
        {
            _ = RecordAsync(request, context); //! LCA4003
            return Task.FromResult("queued again");
        }

        private async Task RecordAsync(Ticket request, ServerCallContext context)
        {
            try
            {
                var match = await matches.FindAsync(request.Player, CancellationToken.None);
                log.LogInformation("{Peer} plays {Match} again", context.RequestHeaders.GetValue("x-peer"), match);
            }
            catch (Exception e)
            {
                log.LogError(e, "no match for {Player}", request.Player);
            }
        }
    }

    /// <summary>The status page of the days before Kestrel.</summary>
    public sealed class StatusPage(HttpListener listener, ILogger<StatusPage> log)
    {
        private int _served;

        public async Task RunAsync(CancellationToken ct)
        {
            while (!ct.IsCancellationRequested)
            {
                var context = await listener.GetContextAsync().WaitAsync(ct);
                _ = Task.Run(() => AnswerAsync(context), CancellationToken.None); // ok LCA4003: the task is the request
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            try
            {
                var page = Encoding.UTF8.GetBytes($"<p>{Interlocked.Increment(ref _served)}</p>");
                context.Response.ContentLength64 = page.Length;
                await context.Response.OutputStream.WriteAsync(page);
                context.Response.Close();
            }
            catch (Exception e)
            {
                log.LogInformation(e, "reader left");
            }
        }

        /// <summary>Called and awaited by the router for each request.</summary>
        public async Task AnswerVersionAsync(HttpListenerContext context, string version)
        {
            var page = Encoding.UTF8.GetBytes(version);
            ThreadPool.UnsafeQueueUserWorkItem(_ => log.LogInformation("version asked for by {Who}", context.Request.RemoteEndPoint), null); //! LCA4003
            await context.Response.OutputStream.WriteAsync(page);
            context.Response.Close();
        }

        // ok LCA4003
        public async Task AnswerHealthAsync(HttpListenerContext context)
        {
            var who = context.Request.RemoteEndPoint;
            ThreadPool.UnsafeQueueUserWorkItem(_ => log.LogInformation("health asked for by {Who}", who), null);
            await context.Response.OutputStream.WriteAsync("ok"u8.ToArray());
            context.Response.Close();
        }
    }
}
