// One connection is kept for all requests, and a gate lets one at a time to it. Who gives up leaves the gate at once; the answer
// that nobody waits for any more stays in the connection, and the next one takes it for its own.
using System.Net;
using System.Text;

namespace Incidents.OneAtATime.LateAnswer;

public sealed class KeptConnectionService(IPEndPoint device) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DeviceConnection? _connection;

    public async Task<string> AskAsync(string question, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (_connection is not { IsOpen: true }) _connection = await DeviceConnection.ConnectAsync(device, stop);
            await _connection.SendAsync(Encoding.UTF8.GetBytes(question), stop);
            return await _connection.ReceiveAsync(stop);
        }
        finally
        {
            _turn.Release(); //! LCA4001
        }
    }

    public void Dispose() => _connection?.Dispose();
}
