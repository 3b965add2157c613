using System.Text;

namespace Incidents.WebSocketSenders;

/// <summary>What a message looks like: its name, and as much of a letter that follows from the name as it is long.</summary>
public static class Message
{
    /// <summary>In bytes; more than what lies between the sockets holds, so that a snapshot is still on its way when the next sender comes.</summary>
    public const int SnapshotLength = 512 * 1024;

    public static byte[] Head(string message) => Encoding.ASCII.GetBytes($"{message}:");

    public static byte[] Body(string message, int length)
    {
        var body = new byte[length];
        Array.Fill(body, Letter(message));
        return body;
    }

    /// <summary>The name of a message that is whole; null of one that has something of another in it.</summary>
    public static string? NameIfWhole(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        if (colon < 0) return null;
        var message = Encoding.ASCII.GetString(text[..colon]);
        var length = message.StartsWith("snapshot", StringComparison.Ordinal) ? SnapshotLength : 64;
        return text[(colon + 1)..].SequenceEqual(Body(message, length)) ? message : null;
    }

    private static byte Letter(string message) => (byte)('a' + message.Sum(letter => letter) % 26);
}
