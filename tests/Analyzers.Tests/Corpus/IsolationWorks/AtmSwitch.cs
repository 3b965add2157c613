// A bank's terminal driver: ISO 8583 messages to the switch over a handful of long-lived links.
using System;
using System.Buffers.Binary;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.AtmSwitch;

public enum LinkState { Dialing, Established, Closed }

public sealed class SwitchLink : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private SwitchLink(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        State = LinkState.Established;
    }

    public LinkState State { get; private set; }

    public bool PeerIsThere
    {
        get
        {
            try
            {
                return !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public static async Task<SwitchLink> DialAsync(EndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, ct);
            return new SwitchLink(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        var frame = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)message.Length);
        message.CopyTo(frame.AsMemory(2));
        await _stream.WriteAsync(frame, ct);
    }

    public async Task<byte[]> ReceiveAsync(CancellationToken ct)
    {
        var prefix = new byte[2];
        await _stream.ReadExactlyAsync(prefix, ct);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await _stream.ReadExactlyAsync(message, ct);
        return message;
    }

    public void Dispose()
    {
        State = LinkState.Closed;
        _stream.Dispose();
    }
}

public sealed class SwitchLinkPool(EndPoint endpoint, int capacity)
{
    private readonly Channel<SwitchLink> _idle = Channel.CreateBounded<SwitchLink>(capacity);

    public async ValueTask<SwitchLink> RentAsync(CancellationToken ct)
    {
        while (_idle.Reader.TryRead(out var link))
        {
            if (link.State == LinkState.Established && link.PeerIsThere) return link;
            link.Dispose();
        }

        return await SwitchLink.DialAsync(endpoint, ct);
    }

    public void Return(SwitchLink link)
    {
        if (!_idle.Writer.TryWrite(link)) link.Dispose();
    }

    public void Discard(SwitchLink link) => link.Dispose();

    public async ValueTask<LinkLease> LeaseAsync(CancellationToken ct) => new(this, await RentAsync(ct));

    public async ValueTask<CompletedLease> LeaseUntilCompleteAsync(CancellationToken ct) => new(this, await RentAsync(ct));
}

/// <summary>Puts its link back, come what may.</summary>
public readonly struct LinkLease(SwitchLinkPool pool, SwitchLink link) : IDisposable
{
    public SwitchLink Link => link;

    public void Dispose() => pool.Return(link);
}

/// <summary>Puts its link back only after an exchange that ran to its end.</summary>
public sealed class CompletedLease(SwitchLinkPool pool, SwitchLink link) : IDisposable
{
    private bool _complete;

    public SwitchLink Link => link;

    public void Complete() => _complete = true;

    public void Dispose()
    {
        if (_complete) pool.Return(link);
        else pool.Discard(link);
    }
}

public sealed record Authorisation(string Pan, decimal Amount, int Stan)
{
    public byte[] Encode() => Encoding.ASCII.GetBytes($"0100{Pan,19}{Amount:000000000000}{Stan:000000}");
}

public sealed class SwitchGateway(SwitchLinkPool links, ILogger<SwitchGateway> log)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(8);

    public async Task<string> AuthoriseAsync(Authorisation request, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        var link = await links.RentAsync(ct);
        try
        {
            await link.SendAsync(request.Encode(), limit.Token);
            var answer = await link.ReceiveAsync(limit.Token);
            return Encoding.ASCII.GetString(answer, 4, 2);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            log.LogWarning("STAN {Stan}: the switch did not answer within {Limit}", request.Stan, s_limit);
            return "91";
        }
        finally
        {
            links.Return(link); //! LCA4001
        }
    }

    // ok LCA4001: what did not finish is discarded, whoever gave up
    public async Task<string> AuthoriseOrDiscardAsync(Authorisation request, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        var link = await links.RentAsync(ct);
        try
        {
            await link.SendAsync(request.Encode(), limit.Token);
            var answer = await link.ReceiveAsync(limit.Token);
            links.Return(link);
            return Encoding.ASCII.GetString(answer, 4, 2);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            links.Discard(link);
            log.LogWarning("STAN {Stan}: the switch did not answer within {Limit}", request.Stan, s_limit);
            return "91";
        }
        catch
        {
            links.Discard(link);
            throw;
        }
    }

    public async Task<bool> ReverseAsync(Authorisation original, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        var link = await links.RentAsync(ct);
        try
        {
            await link.SendAsync(original.Encode(), limit.Token);
            var answer = await link.ReceiveAsync(limit.Token);
            links.Return(link);
            return answer[0] == (byte)'0';
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            log.LogWarning("reversal of {Stan} timed out, will be stored and forwarded", original.Stan);
            links.Return(link); //! LCA4001
            return false;
        }
        catch
        {
            links.Discard(link);
            throw;
        }
    }

    public async Task<bool> EchoTestAsync(CancellationToken ct)
    {
        using var lease = await links.LeaseAsync(ct); //! LCA4001
        await lease.Link.SendAsync("0800"u8.ToArray(), ct);
        var answer = await lease.Link.ReceiveAsync(ct);
        return answer.AsSpan().StartsWith("0810"u8);
    }

    // ok LCA4001: the lease discards what was not completed
    public async Task<bool> EchoTestCompletedAsync(CancellationToken ct)
    {
        using var lease = await links.LeaseUntilCompleteAsync(ct);
        await lease.Link.SendAsync("0800"u8.ToArray(), ct);
        var answer = await lease.Link.ReceiveAsync(ct);
        lease.Complete();
        return answer.AsSpan().StartsWith("0810"u8);
    }

    /// <summary>The totals come in two messages; a refusal in the first one leaves the second unread.</summary>
    public async Task<(string Debits, string Credits)?> SettleAsync(DateOnly day, CancellationToken ct)
    {
        var link = await links.RentAsync(ct);
        try
        {
            await link.SendAsync(Encoding.ASCII.GetBytes($"0500{day:yyyyMMdd}"), ct);
            var debits = await link.ReceiveAsync(ct);
            if (debits[^1] != (byte)'0') return null;
            var credits = await link.ReceiveAsync(ct);
            return (Encoding.ASCII.GetString(debits), Encoding.ASCII.GetString(credits));
        }
        finally
        {
            links.Return(link); //! LCA4001
        }
    }

    // ok LCA4001: both messages are read before the answer is looked at, and the flag is set only then
    public async Task<(string Debits, string Credits)?> SettleWholeAsync(DateOnly day, CancellationToken ct)
    {
        var link = await links.RentAsync(ct);
        var read = false;
        try
        {
            await link.SendAsync(Encoding.ASCII.GetBytes($"0500{day:yyyyMMdd}"), ct);
            var debits = await link.ReceiveAsync(ct);
            var credits = await link.ReceiveAsync(ct);
            read = true;
            return debits[^1] != (byte)'0' ? null : (Encoding.ASCII.GetString(debits), Encoding.ASCII.GetString(credits));
        }
        finally
        {
            if (read) links.Return(link);
            else links.Discard(link);
        }
    }

    // ok LCA4001: the answer is in the array when the decoding begins; its failure says nothing about the link
    public async Task<int> FetchKeyVersionAsync(CancellationToken ct)
    {
        var link = await links.RentAsync(ct);
        byte[] answer;
        try
        {
            await link.SendAsync("0800KV"u8.ToArray(), ct);
            answer = await link.ReceiveAsync(ct);
        }
        catch
        {
            links.Discard(link);
            throw;
        }

        try
        {
            return int.Parse(Encoding.ASCII.GetString(answer, 4, 4));
        }
        finally
        {
            links.Return(link);
        }
    }

    public async Task<byte[]?> FetchKeyAsync(int slot, CancellationToken ct)
    {
        var link = await links.RentAsync(ct);
        try
        {
            await link.SendAsync(Encoding.ASCII.GetBytes($"0800KX{slot:00}"), ct);
            var key = await link.ReceiveAsync(ct).WaitAsync(s_limit, ct); //? LCA1004
            links.Return(link);
            return key;
        }
        catch (TimeoutException)
        {
            links.Return(link); //! LCA4001
            return null;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            links.Discard(link);
            throw;
        }
    }
}
