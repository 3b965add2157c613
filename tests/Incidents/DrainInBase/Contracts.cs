// Message streams in layers, each class in a file of its own. A stream takes messages while it is open; what its
// transport cannot take yet waits in the queue of a base class, and a derived class goes on with it when the
// transport tells by `Drained` that it has room again.
namespace Incidents.DrainInBase;

public enum StreamState { Open, Closing, Closed }

public sealed class StreamClosedException(string message) : InvalidOperationException(message);

public interface IMessageStream
{
    event EventHandler? Drained;
    StreamState State { get; }
    bool IsFull { get; }
    void Send(ReadOnlyMemory<byte> message);
    void Close();
}

public static class Log
{
    public static void Trace(string message) => Console.Error.WriteLine($"trace: {message}");
}
