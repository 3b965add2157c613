// Questions are encoded into pooled buffers. The method returns the task of the request as it is, and with it the buffer goes back
// to the pool: the question that waits there for its turn is overwritten by the next one.
using System.Buffers;
using System.Text;

namespace Incidents.OneAtATime.Buffer;

public sealed class PooledService(DeviceLink device)
{
    public Task<string> AskAsync(string question, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Frame.MaxLength);
        try
        {
            var length = Encoding.UTF8.GetBytes(question, buffer);
            return device.RequestAsync(buffer.AsMemory(0, length), stop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }
}
