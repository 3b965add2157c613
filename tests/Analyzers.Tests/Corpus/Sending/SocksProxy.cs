// A SOCKS proxy in the Begin/End style.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.SocksProxy;

public sealed class Relay(Socket client, Socket upstream)
{
    private readonly byte[] _down = new byte[8192];
    private readonly byte[] _up = new byte[8192];

    public void Start()
    {
        client.BeginReceive(_up, 0, _up.Length, SocketFlags.None, OnClientData, null);
        upstream.BeginReceive(_down, 0, _down.Length, SocketFlags.None, OnUpstreamData, null);
    }

    private void OnClientData(IAsyncResult result)
    {
        var count = client.EndReceive(result);
        if (count == 0) return;
        upstream.Send(_up, 0, count, SocketFlags.None); //! LCA2001
        client.BeginReceive(_up, 0, _up.Length, SocketFlags.None, OnClientData, null);
    }

    private void OnUpstreamData(IAsyncResult result)
    {
        int count;
        try
        {
            count = upstream.EndReceive(result);
        }
        catch (SocketException)
        {
            client.Close();
            return;
        }
        // the try above has ended
        client.BeginSend(_down, 0, count, SocketFlags.None, OnClientWritten, null); //! LCA2001
    }

    private void OnClientWritten(IAsyncResult result)
    {
        client.EndSend(result);
        upstream.BeginReceive(_down, 0, _down.Length, SocketFlags.None, OnUpstreamData, null);
    }
}

public sealed class SafeRelay(Socket client, Socket upstream, ILogger log)
{
    private readonly byte[] _down = new byte[8192];
    private readonly byte[] _up = new byte[8192];
    private int _closed;

    public void Start()
    {
        client.BeginReceive(_up, 0, _up.Length, SocketFlags.None, OnClientData, null);
        upstream.BeginReceive(_down, 0, _down.Length, SocketFlags.None, OnUpstreamData, null);
    }

    // ok LCA2001: the whole body is in the try
    private void OnClientData(IAsyncResult result)
    {
        try
        {
            var count = client.EndReceive(result);
            if (count == 0)
            {
                Close();
                return;
            }
            upstream.Send(_up, 0, count, SocketFlags.None);
            client.BeginReceive(_up, 0, _up.Length, SocketFlags.None, OnClientData, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "relay ended");
            Close();
        }
    }

    // ok LCA2001: the closing flag decides before, the catch afterwards
    private void OnUpstreamData(IAsyncResult result)
    {
        if (Volatile.Read(ref _closed) != 0) return;
        try
        {
            var count = upstream.EndReceive(result);
            Forward(count);
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "upstream ended");
            Close();
        }
        catch (ObjectDisposedException)
        {
            Close();
        }
    }

    private void Forward(int count)
    {
        if (count == 0) Close();
        else client.Send(_down, 0, count, SocketFlags.None);
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        client.Dispose();
        upstream.Dispose();
    }
}
