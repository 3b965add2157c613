// Audio guides of a museum: pipes, listeners, QUIC, options objects; code that is right in ways of its own.
using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Shapes.Creation.MuseumGuides;

internal static class Disposing
{
    public static async Task<T> OrDisposeAsync<T>(this T resource, Func<T, ValueTask> open) where T : IAsyncDisposable
    {
        try
        {
            await open(resource);
        }
        catch
        {
            await resource.DisposeAsync();
            throw;
        }
        return resource;
    }

    public static void DisposeAll(params IDisposable?[] resources)
    {
        foreach (var resource in resources) resource?.Dispose();
    }
}

public static class GuideDial
{
    // ok LCA1003: an extension disposes
    public static Task<NamedPipeClientStream> PipeAsync(string name, CancellationToken stop) =>
        new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous).OrDisposeAsync(p => new ValueTask(p.ConnectAsync(stop)));

    // ok LCA1003: captured and thrown again after the closing
    public static async Task<SslStream> SecureAsync(string host, CancellationToken stop)
    {
        ExceptionDispatchInfo? failure = null;
        TcpClient? client = null;
        SslStream? secure = null;
        try
        {
            client = new TcpClient();
            await client.ConnectAsync(host, 8443, stop);
            secure = new SslStream(client.GetStream());
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
        if (failure is null) return secure!;
        Disposing.DisposeAll(secure, client);
        failure.Throw();
        throw null!;
    }

    // ok LCA1003 LCA1008: the options bound it, and the failed connection is none
    public static async Task<QuicStream> QuicAsync(DnsEndPoint where, CancellationToken stop)
    {
        var connection = await QuicConnection.ConnectAsync(new QuicClientConnectionOptions
        {
            RemoteEndPoint = where,
            DefaultStreamErrorCode = 1,
            DefaultCloseErrorCode = 2,
            ClientAuthenticationOptions = new SslClientAuthenticationOptions { TargetHost = where.Host },
        }, stop);
        try
        {
            return await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, stop);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // ok LCA1003: the tuple's parts are closed together
    public static async Task<(Socket Voice, Socket Control)> PairAsync(EndPoint voice, EndPoint control, CancellationToken stop)
    {
        var pair = (Voice: new Socket(SocketType.Stream, ProtocolType.Tcp), Control: new Socket(SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await Task.WhenAll(pair.Voice.ConnectAsync(voice, stop).AsTask(), pair.Control.ConnectAsync(control, stop).AsTask());
            return pair;
        }
        catch
        {
            pair.Voice.Dispose();
            pair.Control.Dispose();
            throw;
        }
    }

    // ok LCA1003 LCA1004: the happy eyeballs: losers are closed by who wins
    public static async Task<Socket> FirstAsync(IPAddress[] addresses, int port, CancellationToken stop)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tries = addresses.Select(a => OneAsync(a, port, race.Token)).ToList();
        var failures = new List<Exception>();
        while (tries.Count > 0)
        {
            var done = await Task.WhenAny(tries);
            tries.Remove(done);
            try
            {
                var socket = await done;
                race.Cancel();
                foreach (var late in tries) _ = DropAsync(late);
                return socket;
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
        throw new AggregateException(failures);
    }

    private static async Task DropAsync(Task<Socket> late)
    {
        try
        {
            (await late).Dispose();
        }
        catch
        {
            // lost anyway
        }
    }

    private static async Task<Socket> OneAsync(IPAddress address, int port, CancellationToken stop)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, stop);
            return socket;
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }
}

public sealed class GuideDesk : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<long, Task> _guides = new();
    private readonly HttpListener _http = new();
    private Task? _pipes, _web;
    private long _next;
    private int _present;

    public int Present => Volatile.Read(ref _present);

    public void Start()
    {
        _http.Prefixes.Add("http://+:8090/");
        _http.Start();
        _pipes = PipesAsync();
        _web = WebAsync();
    }

    // ok LCA1004: each is kept until it has ended
    private async Task PipesAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            var pipe = new NamedPipeServerStream("guides", PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
            try
            {
                await pipe.WaitForConnectionAsync(_closing.Token);
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
            var id = Interlocked.Increment(ref _next);
            _guides[id] = GuideAsync(id, pipe);
        }
    }

    // ok LCA1007: both leave by the finally
    private async Task GuideAsync(long id, Stream pipe)
    {
        await Task.Yield();
        Interlocked.Increment(ref _present);
        try
        {
            await using (pipe)
                await pipe.CopyToAsync(Stream.Null, _closing.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _present);
            _guides.TryRemove(id, out _);
        }
    }

    private async Task WebAsync()
    {
        while (_http.IsListening)
        {
            var context = await _http.GetContextAsync();
            _ = Task.Run(() => AnswerAsync(context)); // ok LCA1004: catches all that it does
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await context.Response.OutputStream.WriteAsync("here"u8.ToArray());
            context.Response.Close();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
            context.Response.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _http.Stop();
        foreach (var task in new[] { _pipes, _web }.OfType<Task>().Concat(_guides.Values))
        {
            try
            {
                await task;
            }
            catch (Exception e) when (e is OperationCanceledException or HttpListenerException or IOException)
            {
            }
        }
        _closing.Dispose();
    }
}
