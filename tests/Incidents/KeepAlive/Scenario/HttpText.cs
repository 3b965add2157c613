using System.Net.Sockets;
using System.Text;

namespace Incidents.KeepAlive;

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
