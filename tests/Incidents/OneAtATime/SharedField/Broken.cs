// Every connection is accepted at once; the work is done one request after another. The server keeps the connection of the
// request being handled in a field: while the work waits for its turn, the next request takes the field.
using System.Net.Sockets;
using System.Text;

namespace Incidents.OneAtATime.SharedField;

public sealed class SerialServer(TcpListener listener, DeviceLink device)
{
    // where the answer goes
    private NetworkStream? _caller;

    public async Task RunAsync(CancellationToken stop)
    {
        var callers = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop);
                callers.Add(ServeAsync(socket, stop));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(callers);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await Frame.ReadAsync(stream, stop) is { } frame)
            {
                _caller = stream; //! LCA4002
                var answer = await WorkAsync(Question.Parse(frame), stop);
                await Frame.WriteAsync(_caller, answer, stop);
            }
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the caller has gone
        }
    }

    private async Task<string> WorkAsync(Question question, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(question.Patience);
        try
        {
            return await device.RequestAsync(Encoding.UTF8.GetBytes(question.Text), limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Front.Refusal(question.Text);
        }
    }
}
