using System.Buffers.Binary;
using System.Text;

namespace Incidents.OneAtATime;

/// <summary>What goes over every connection here: a length and so many bytes of text.</summary>
public static class Frame
{
    public const int MaxLength = 1024;

    public static Task WriteAsync(Stream stream, string text, CancellationToken stop) => WriteAsync(stream, Encoding.UTF8.GetBytes(text), stop);

    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> text, CancellationToken stop)
    {
        var frame = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, text.Length);
        text.Span.CopyTo(frame.AsSpan(4));
        await stream.WriteAsync(frame, stop);
    }

    /// <summary>The next text; null when the other side has ended.</summary>
    public static async Task<string?> ReadAsync(Stream stream, CancellationToken stop)
    {
        var head = new byte[4];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, stop) < head.Length) return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > MaxLength) throw new InvalidDataException($"A frame of {length} bytes");
        var text = new byte[length];
        await stream.ReadExactlyAsync(text, stop);
        return Encoding.UTF8.GetString(text);
    }
}

/// <summary>A question, and how long its caller is willing to wait for the answer.</summary>
public sealed record Question(string Text, TimeSpan Patience)
{
    public string AsFrame() => $"{(int)Patience.TotalMilliseconds} {Text}";

    public static Question Parse(string frame)
    {
        var space = frame.IndexOf(' ');
        return new Question(frame[(space + 1)..], TimeSpan.FromMilliseconds(int.Parse(frame.AsSpan(0, space))));
    }
}
