// Uplinks of a field gateway: how a dialled socket gets its owner (a wrapper, a tuple, an out parameter, a list).
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Fresh.Creation.GatewayUplinks;

/// <summary>One line to the head end; it owns its client from the constructor on.</summary>
public sealed class HeadEndLine(TcpClient client, string site) : IDisposable
{
    public string Site { get; } = site;

    public Stream Wire => client.GetStream();

    public void Dispose() => client.Dispose();
}

public readonly record struct DialPlan(string Host, int Port, string Site);

public static class LineDialer
{
    /// <summary>The wrapper gets the client when it is too late: nobody has it while it connects.</summary>
    public static async Task<HeadEndLine> DialAsync(DialPlan plan, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true }; //! LCA1003
        await client.ConnectAsync(plan.Host, plan.Port, ct);
        return new HeadEndLine(client, plan.Site);
    }

    /// <summary>The wrapper is the owner before anything can go wrong, and is closed when it does.</summary>
    public static async Task<HeadEndLine> DialOwnedAsync(DialPlan plan, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        var line = new HeadEndLine(client, plan.Site);
        try
        {
            await client.ConnectAsync(plan.Host, plan.Port, ct);
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    public static async Task<(TcpClient Client, SslStream Tls)> DialSecureAsync(DialPlan plan, CancellationToken ct)
    {
        var client = new TcpClient(); //! LCA1003
        try
        {
            await client.ConnectAsync(plan.Host, plan.Port, ct);
        }
        catch (SocketException)
        {
            client.Dispose();
            throw;
        }
        catch (OperationCanceledException)
        {
            client.Dispose();
            throw;
        }

        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = plan.Host }, ct);
        return (client, tls);
    }

    /// <summary>Both go out together, or neither stays open.</summary>
    public static async Task<(TcpClient Client, SslStream Tls)> DialSecureOrNothingAsync(DialPlan plan, CancellationToken ct)
    {
        var client = new TcpClient();
        SslStream? tls = null;
        try
        {
            await client.ConnectAsync(plan.Host, plan.Port, ct);
            tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = plan.Host }, ct);
            var answer = (client, tls);
            (client, tls) = (null!, null);
            return answer;
        }
        finally
        {
            tls?.Dispose();
            client?.Dispose();
        }
    }

    public static bool TryDial(EndPoint remote, [NotNullWhen(true)] out Socket? socket)
    {
        socket = null;
        var candidate = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            candidate.Connect(remote);
            socket = candidate;
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1003: whatever is not handed out is closed
    public static bool TryDialCleanly(EndPoint remote, [NotNullWhen(true)] out Socket? socket)
    {
        socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(remote);
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            socket = null;
            return false;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

public sealed class UplinkSet : IDisposable
{
    private readonly List<TcpClient> _lines = [];
    private readonly Dictionary<string, Socket> _bySite = new(StringComparer.Ordinal);

    public async Task AddAsync(DialPlan plan, CancellationToken ct)
    {
        var client = new TcpClient(); //! LCA1003
        await client.ConnectAsync(plan.Host, plan.Port, ct);
        _lines.Add(client);
    }

    // ok LCA1003: the list has it first, and Dispose closes the list
    public async Task AddFirstAsync(DialPlan plan, CancellationToken ct)
    {
        var client = new TcpClient();
        _lines.Add(client);
        await client.ConnectAsync(plan.Host, plan.Port, ct);
    }

    public void Bind(string site, IPEndPoint local, IPEndPoint remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        socket.Bind(local);
        try
        {
            socket.Connect(remote);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _bySite[site] = socket;
    }

    // ok LCA1003: the dictionary has it first
    public void BindOwned(string site, IPEndPoint local, IPEndPoint remote)
    {
        var socket = _bySite[site] = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(local);
        socket.Connect(remote);
    }

    public void Dispose()
    {
        foreach (var line in _lines) line.Dispose();
        foreach (var socket in _bySite.Values) socket.Dispose();
    }
}
