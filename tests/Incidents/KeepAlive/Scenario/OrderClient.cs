using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Incidents.KeepAlive;

public sealed class NoAnswerException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>Connections that are kept for the next request.</summary>
public interface ISocketPool : IDisposable
{
    int Opened { get; }

    Socket Rent();

    void Return(Socket connection);
}

/// <summary>Posts orders, each on a connection of the pool.</summary>
public sealed class OrderClient(ISocketPool pool, IPEndPoint server) : IDisposable
{
    /// <summary>The orders that were written in full.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public int ConnectionsOpened => pool.Opened;

    /// <exception cref="NoAnswerException">The request was sent, and nothing came back.</exception>
    public string Post(string order)
    {
        var connection = pool.Rent();
        var complete = false;
        try
        {
            HttpText.Write(connection, $"POST /orders HTTP/1.1\r\nHost: {server}\r\nContent-Length: {order.Length}\r\n\r\n{order}");
            Sent.Enqueue(order);
            var answer = HttpText.Read(connection) ?? throw new NoAnswerException($"No answer to the order '{order}'");
            complete = true;
            return answer;
        }
        catch (SocketException failure)
        {
            throw new NoAnswerException($"No answer to the order '{order}'", failure);
        }
        finally
        {
            if (complete) pool.Return(connection);
            else connection.Dispose();
        }
    }

    public void Dispose() => pool.Dispose();

    public static Socket Open(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(server);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
