// CONNECT tunnels: continuations, pooled work and posted continuations that write to the peer.
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.TunnelProxy;

public sealed class Tunnel(NetworkStream browser, SslStream origin, Task<byte[]> banner)
{
    private static readonly byte[] s_error = Encoding.ASCII.GetBytes("HTTP/1.1 502 Bad Gateway\r\n\r\n");

    public void Begin()
    {
        banner.ContinueWith(task =>
        {
            if (task.IsFaulted) browser.Write(s_error); //! LCA2001
            else origin.Write(task.Result); //! LCA2001
        });
    }

    public void Hello(byte[] greeting)
    {
        ThreadPool.QueueUserWorkItem(_ => origin.Write(greeting)); //! LCA2001
    }

    public void HelloTyped(byte[] greeting)
    {
        ThreadPool.QueueUserWorkItem(static (state) => state.Origin.Write(state.Greeting), (Origin: origin, Greeting: greeting), preferLocal: false); //! LCA2001
    }

    // ok LCA2001: Task.Run starts a flow of one's own
    public Task HelloAsync(byte[] greeting) => Task.Run(() => origin.Write(greeting));

    // ok LCA2001: so does a thread
    public void HelloThread(byte[] greeting)
    {
        var thread = new Thread(() => origin.Write(greeting)) { IsBackground = true };
        thread.Start();
    }

    public void OnSignal(WaitHandle signal)
    {
        ThreadPool.RegisterWaitForSingleObject(signal, (_, timedOut) => Nudge(timedOut), null, 1000, executeOnlyOnce: true); //! LCA2001
    }

    private void Nudge(bool timedOut)
    {
        if (timedOut) return;
        browser.Write(s_error);
    }
}

public sealed class WatchedTunnel(TcpClient client, NetworkStream browser, ILogger log)
{
    private static readonly byte[] s_error = Encoding.ASCII.GetBytes("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    private int _ended;

    // ok LCA2001: a failing write is caught inside the continuation
    public void Begin(Task origin)
    {
        origin.ContinueWith(task =>
        {
            try
            {
                if (task.IsFaulted) browser.Write(s_error);
            }
            catch (IOException ex)
            {
                log.LogDebug(ex, "browser gone");
            }
            catch (ObjectDisposedException)
            {
                log.LogDebug("tunnel closed");
            }
        }, TaskScheduler.Default);
    }

    // ok LCA2001: the client that owns the stream is asked
    public void Hello(byte[] greeting)
    {
        ThreadPool.QueueUserWorkItem(_ =>
        {
            if (!client.Connected || Volatile.Read(ref _ended) == 1) return;
            browser.Write(greeting);
        });
    }

    // ok LCA2001: the flag of this tunnel, which owns the stream
    public void OnSignal(WaitHandle signal)
    {
        ThreadPool.RegisterWaitForSingleObject(signal, (_, _) => Nudge(), null, 1000, executeOnlyOnce: true);

        void Nudge()
        {
            if (Interlocked.CompareExchange(ref _ended, 0, 0) == 0) browser.Write(s_error);
        }
    }

    public void End()
    {
        Interlocked.Exchange(ref _ended, 1);
        browser.Dispose();
        client.Dispose();
    }
}
