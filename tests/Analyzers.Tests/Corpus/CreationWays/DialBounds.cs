// Connects of a LIMS gateway: those that may take for ever and those that may not.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ways.Lims;

public record class InstrumentOptions
{
    public string Host { get; init; } = "localhost";
    public ushort Port { get; init; } = 4010;
    public TimeSpan Timeout { get => field; init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value)); } = TimeSpan.FromSeconds(3);
}

public static class InstrumentServices
{
    public static IServiceCollection AddInstruments(this IServiceCollection services) =>
        services.AddSingleton<InstrumentDialer>().AddTransient<Func<Uri, Task<ClientWebSocket>>>(static _ => static async uri =>
        {
            var socket = new ClientWebSocket();
            try { await socket.ConnectAsync(uri, CancellationToken.None); } //! LCA1008
            catch { socket.Dispose(); throw; }
            return socket;
        });
}

public sealed class InstrumentDialer(IOptions<InstrumentOptions> options, TimeProvider time)
{
    private InstrumentOptions Options => options.Value;

    public async Task<string> AskAsync(string question)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Options.Host, Options.Port); //! LCA1008
        return await ExchangeAsync(client, question);
    }

    public async Task<string> AskTimedAsync(string question)
    {
        using var limit = new CancellationTokenSource(Options.Timeout, time);
        using var client = new TcpClient();
        await client.ConnectAsync(Options.Host, Options.Port, limit.Token);
        return await ExchangeAsync(client, question);
    }

    public async Task<string> AskWaitingAsync(string question)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Options.Host, Options.Port).WaitAsync(Options.Timeout, time);
        }
        catch (TimeoutException)
        {
            client.Close();
            throw;
        }

        return await ExchangeAsync(client, question);
    }

    /// <summary>Synchronous: there is nothing to pass.</summary>
    public string AskSync(string question)
    {
        using TcpClient client = new(Options.Host, Options.Port);
        using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
        using var reader = new StreamReader(client.GetStream());
        writer.WriteLine(question);
        return reader.ReadLine() ?? "";
    }

    public Task AllAsync(IReadOnlyCollection<IPEndPoint> instruments, Func<Socket, Task> use) =>
        Parallel.ForEachAsync(instruments, async (instrument, cancel) =>
        {
            using Socket socket = new(instrument.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(instrument, cancel);
            await use(socket);
        });

    public Task AllUnboundedAsync(IReadOnlyCollection<IPEndPoint> instruments, Func<Socket, Task> use) =>
        Parallel.ForEachAsync(instruments, async (instrument, _) =>
        {
            using Socket socket = new(instrument.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(instrument); //! LCA1008
            await use(socket);
        });

    private static async Task<string> ExchangeAsync(TcpClient client, string question)
    {
        await using StreamWriter writer = new(client.GetStream(), leaveOpen: true) { AutoFlush = true };
        using StreamReader reader = new(client.GetStream(), leaveOpen: true);
        await writer.WriteLineAsync(question);
        return await reader.ReadLineAsync() ?? "";
    }
}

/// <summary>A driver of one's own: an overload takes the token, so that who forgets it has something to pass.</summary>
public abstract class AnalyzerLink : IDisposable
{
    public abstract bool IsOpen { get; }

    public abstract Task ConnectAsync(EndPoint end);

    public abstract Task ConnectAsync(EndPoint end, CancellationToken cancel);

    public abstract ValueTask<int> SendAsync(byte[] frame, CancellationToken cancel = default);

    public abstract void Dispose();
}

public sealed class AnalyzerRun(Func<AnalyzerLink> create)
{
    public async Task<int> StartAsync(EndPoint end, byte[] program)
    {
        using var link = create();
        await link.ConnectAsync(end); //! LCA1008
        return await link.SendAsync(program);
    }

    public async Task<int> StartWithinAsync(EndPoint end, byte[] program, CancellationToken cancel)
    {
        using var link = create();
        await link.ConnectAsync(end, cancel).ConfigureAwait(false);
        return await link.SendAsync(program, cancel);
    }

    public async Task<int> StartRacingAsync(EndPoint end, byte[] program, TimeProvider time)
    {
        using AnalyzerLink link = create();
        await link.ConnectAsync(end).WaitAsync(TimeSpan.FromSeconds(10), time);
        return await link.SendAsync(program);
    }
}
