// A client that speaks HTTP/1.1 on sockets of its own and keeps them for the next request. The server says
// `Connection: close` in its answer and ends the connection with it. The client neither reads that header nor asks the
// connection that it takes out whether its peer is still there.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Incidents.KeepAliveUnchecked;

public sealed class NoAnswerException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>Posts orders, each on a connection of the pool or on a fresh one.</summary>
public sealed class OrderClient(IPEndPoint server) : IDisposable
{
    private readonly ConcurrentStack<Socket> _idle = new();

    /// <summary>The orders that were written in full.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public int ConnectionsOpened { get; private set; }

    /// <exception cref="NoAnswerException">The request was sent, and nothing came back.</exception>
    public string Post(string order)
    {
        var connection = Rent();
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
            if (complete) _idle.Push(connection);
            else connection.Dispose();
        }
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var connection)) connection.Dispose();
    }

    private Socket Rent()
    {
        if (_idle.TryPop(out var kept)) return kept; //! LCA3004
        ConnectionsOpened++;
        return Open();
    }

    private Socket Open()
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

/// <summary>As much of HTTP/1.1 as both sides here need: a head, its length, a body.</summary>
public static class HttpText
{
    private const string Length = "Content-Length: ";

    public static void Write(Socket socket, string message)
    {
        ReadOnlySpan<byte> rest = Encoding.ASCII.GetBytes(message);
        while (rest.Length > 0) rest = rest[socket.Send(rest)..];
    }

    /// <summary>The body of the next message, or null at the end of the connection.</summary>
    public static string? Read(Socket socket)
    {
        var text = "";
        var buffer = new byte[1024];
        while (true)
        {
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (head >= 4 && text.Length >= head + LengthIn(text)) return text.Substring(head, LengthIn(text));
            var count = socket.Receive(buffer);
            if (count == 0) return null;
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }
    }

    private static int LengthIn(string head)
    {
        var from = head.IndexOf(Length, StringComparison.Ordinal) + Length.Length;
        return int.Parse(head.AsSpan(from, head.IndexOf('\r', from) - from));
    }
}
