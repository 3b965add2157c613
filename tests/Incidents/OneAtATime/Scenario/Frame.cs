using System.Buffers;
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
        var text = new byte[LengthIn(head)];
        await stream.ReadExactlyAsync(text, stop);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Takes the first text off what has been received; null when it has not come whole.</summary>
    public static string? Take(ref ReadOnlySequence<byte> received)
    {
        if (received.Length < 4) return null;
        Span<byte> head = stackalloc byte[4];
        received.Slice(0, 4).CopyTo(head);
        var length = LengthIn(head);
        if (received.Length < 4 + length) return null;
        var text = Encoding.UTF8.GetString(received.Slice(4, length));
        received = received.Slice(4 + length);
        return text;
    }

    private static int LengthIn(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt32BigEndian(head) is var length and >= 0 and <= MaxLength ? length : throw new InvalidDataException($"A frame of {BinaryPrimitives.ReadInt32BigEndian(head)} bytes");
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
