// How long may a connect take? Probes, fiscal printers, mail relays, pipes and two connection types of the house.
using System.Net;
using System.Net.Sockets;
using System.IO.Pipes;
using System.Data.Common;
using FluentFTP;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using Npgsql;

namespace CreationWorks.Bounds;

public sealed class FiscalPrinter(string host, ILogger log)
{
    // A printer that is switched off answers nothing for two minutes, and so does the till.
    public async Task PrintAsync(byte[] receipt)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, 9100); //! LCA1008
        await client.GetStream().WriteAsync(receipt);
        log.LogInformation("{Bytes} bytes printed", receipt.Length);
    }

    // ok LCA1008: the till's own token
    public async Task PrintAsync(byte[] receipt, CancellationToken ct)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, 9100, ct);
        await client.GetStream().WriteAsync(receipt, ct);
    }

    // ok LCA1008: WaitAsync bounds it, and the using closes the client whichever way it ends
    public async Task PrintWithinAsync(byte[] receipt, TimeSpan limit)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, 9100).WaitAsync(limit);
        await client.GetStream().WriteAsync(receipt);
    }

    // ok LCA1008: synchronous, there is nothing to pass
    public void Feed()
    {
        using var client = new TcpClient();
        client.Connect(host, 9100);
        client.GetStream().Write([0x1B, 0x64, 5]);
    }
}

public sealed class PortProbe
{
    public async Task<bool> AnswersAsync(IPEndPoint target)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target); //! LCA1008
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1008: CancelAfter on a linked source
    public async Task<bool> AnswersSoonAsync(IPEndPoint target, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromMilliseconds(800));
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, limit.Token);
            return true;
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    public static async Task<IReadOnlyList<int>> OpenPortsAsync(IPAddress host, IEnumerable<int> ports)
    {
        var open = new List<int>();
        foreach (var port in ports)
        {
            using var client = new TcpClient(host.AddressFamily);
            try
            {
                await client.ConnectAsync(host, port); //! LCA1008
                open.Add(port);
            }
            catch (SocketException ex) when (ex.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable)
            {
                continue;
            }
        }

        return open;
    }
}

public sealed class SpoolerPipe
{
    public async Task<int> QueueLengthAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", "spooler", PipeDirection.In, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(); //! LCA1008
        var answer = new byte[4];
        await pipe.ReadExactlyAsync(answer);
        return BitConverter.ToInt32(answer);
    }

    // ok LCA1008: a timeout of the pipe's own
    public async Task<int> QueueLengthSoonAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", "spooler", PipeDirection.In, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        var answer = new byte[4];
        await pipe.ReadExactlyAsync(answer);
        return BitConverter.ToInt32(answer);
    }
}

public sealed class ReceiptArchive(NpgsqlDataSource source, string connectionString)
{
    // ok LCA1008: Npgsql bounds its connect itself
    public async Task<int> CountAsync()
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from receipts";
        return Convert.ToInt32(await command.ExecuteScalarAsync());
    }

    // ok LCA1008: the data source opens under the token
    public async Task<bool> ExistsAsync(string id, CancellationToken ct)
    {
        await using DbConnection connection = await source.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "select 1 from receipts where id = @id";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("id", id);
        command.Parameters.Add(parameter);
        return await command.ExecuteScalarAsync(ct) is not null;
    }
}

public sealed class DayEndMailer(string host, string user, string password)
{
    // ok LCA1001 LCA1003 LCA1008: a local of awaited calls in a using, under the caller's token
    public async Task SendAsync(MimeMessage report, CancellationToken ct)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync(host, 587, SecureSocketOptions.StartTls, ct);
        await smtp.AuthenticateAsync(user, password, ct);
        await smtp.SendAsync(report, ct);
        await smtp.DisconnectAsync(true, ct);
    }

    public async Task UploadAsync(byte[] report, CancellationToken ct)
    {
        await using var ftp = new AsyncFtpClient(host, user, password);
        await ftp.Connect(ct);
        await ftp.UploadBytes(report, "/incoming/day-end.csv", ct);
        await ftp.Disconnect(ct);
    }
}

public enum LinkState { Idle, Connecting, Open, Closed }

/// <summary>The house's framed transport to a till.</summary>
public sealed class TillLink : IAsyncDisposable
{
    private readonly TcpClient _client = new();

    public LinkState State { get; private set; }

    public Task ConnectAsync(string till) => ConnectAsync(till, CancellationToken.None); //? LCA1008

    public async Task ConnectAsync(string till, CancellationToken ct)
    {
        State = LinkState.Connecting;
        await _client.ConnectAsync(till, 7001, ct);
        State = LinkState.Open;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct = default) =>
        await _client.GetStream().WriteAsync(frame, ct);

    public ValueTask DisposeAsync()
    {
        State = LinkState.Closed;
        _client.Dispose();
        return default;
    }
}

public sealed class TillUpdater(IReadOnlyList<string> tills, ILogger log)
{
    public async Task PushAsync(byte[] prices)
    {
        foreach (var till in tills)
        {
            await using var link = new TillLink();
            await link.ConnectAsync(till); //! LCA1008
            await link.SendAsync(prices);
            log.LogInformation("{Till} updated", till);
        }
    }

    // ok LCA1008: the overload with the token
    public async Task PushAsync(byte[] prices, CancellationToken ct)
    {
        foreach (var till in tills)
        {
            await using var link = new TillLink();
            await link.ConnectAsync(till, ct);
            await link.SendAsync(prices, ct);
        }
    }
}

/// <summary>Queues up jobs for a till; connecting it to a queue is no network connect.</summary>
public sealed class JobBinder
{
    private readonly Dictionary<string, Queue<string>> _queues = [];

    public Task ConnectAsync(string till, Queue<string> jobs)
    {
        lock (_queues) _queues[till] = jobs;
        return Task.CompletedTask;
    }

    // ok LCA1008: an own type's method that only shares the name
    public async Task BindAllAsync(IEnumerable<string> tills)
    {
        foreach (var till in tills) await ConnectAsync(till, new Queue<string>());
    }
}
