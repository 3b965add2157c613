// Tells peers that this process goes away: token registrations, host lifetime, console signals.
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.ShutdownNotices;

public sealed class FarewellService : IHostedService
{
    private readonly WebSocket _peer;
    private readonly NetworkStream _legacy;

    public FarewellService(WebSocket peer, NetworkStream legacy, IHostApplicationLifetime lifetime)
    {
        (_peer, _legacy) = (peer, legacy);
        lifetime.ApplicationStopping.Register(() => _peer.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, default).Wait()); //! LCA2001
        lifetime.ApplicationStopped.Register(OnStopped);
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            SayGoodbye(3); //! LCA2001
        };
    }

    private void OnStopped() => SayGoodbye(0); //! LCA2001

    private void SayGoodbye(byte reason)
    {
        _legacy.WriteByte(reason);
        _legacy.Flush();
    }

    // ok LCA2001: the host calls and awaits these
    public async Task StartAsync(CancellationToken cancellationToken) => await _legacy.WriteAsync(new byte[] { 1 }, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _legacy.WriteAsync(new byte[] { 2 }, cancellationToken);
        if (_peer.State == WebSocketState.Open) await _peer.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}

public sealed class CheckedFarewell : IDisposable
{
    private readonly WebSocket _peer;
    private readonly Socket _legacy;
    private readonly ILogger _log;
    private readonly CancellationTokenRegistration _stopping;
    private readonly CancellationTokenRegistration _stopped;

    public CheckedFarewell(WebSocket peer, Socket legacy, IHostApplicationLifetime lifetime, ILogger log)
    {
        (_peer, _legacy, _log) = (peer, legacy, log);
        _stopping = lifetime.ApplicationStopping.Register(static state => ((CheckedFarewell)state!).SayGoodbye(), this);
        // ok LCA2001: closing is no send
        _stopped = lifetime.ApplicationStopped.Register(() => _legacy.Close());
    }

    // ok LCA2001: one is asked, the other is in a try
    private void SayGoodbye()
    {
        if (_peer is { State: WebSocketState.Open })
            _peer.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, default).Wait(1000);
        try
        {
            _legacy.Send([0]);
        }
        catch (SocketException ex)
        {
            _log.LogDebug(ex, "legacy peer went first");
        }
        catch (ObjectDisposedException)
        {
            _log.LogDebug("legacy peer is closed");
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _stopped.Dispose();
    }
}

public sealed class QueryRunner(Socket server)
{
    public async Task<byte[]> RunAsync(byte[] query, CancellationToken cancellation)
    {
        byte[] cancel = [0x10, 0, 0, 0];
        await using var registration = cancellation.Register(() => server.Send(cancel)); //! LCA2001
        await server.SendAsync(query, SocketFlags.None, CancellationToken.None);
        var answer = new byte[1024];
        var count = await server.ReceiveAsync(answer, SocketFlags.None, CancellationToken.None);
        return answer[..count];
    }

    // ok LCA2001: the connection is made inside the callback
    public async Task<byte[]> RunOutOfBandAsync(byte[] query, CancellationToken cancellation)
    {
        await using var registration = cancellation.Register(() =>
        {
            using var side = new TcpClient("127.0.0.1", 5433);
            side.GetStream().Write([0x10, 0, 0, 1]);
        });
        await server.SendAsync(query, SocketFlags.None, CancellationToken.None);
        var answer = new byte[1024];
        var count = await server.ReceiveAsync(answer, SocketFlags.None, CancellationToken.None);
        return answer[..count];
    }
}
