// The device's connections are pooled. A question that its caller gives up on has been asked already: the device still answers it,
// and by then the connection is somebody else's.
using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Incidents.OneAtATime.ReturnedConnection;

public sealed class DevicePool(IPEndPoint device) : IDisposable
{
    private readonly ConcurrentBag<DeviceConnection> _idle = new();

    public async ValueTask<DeviceConnection> RentAsync(CancellationToken stop)
    {
        while (_idle.TryTake(out var connection))
        {
            if (connection.IsOpen) return connection;
            connection.Dispose();
        }

        return await DeviceConnection.ConnectAsync(device, stop);
    }

    public void Return(DeviceConnection connection) => _idle.Add(connection);

    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }
}

public sealed class DeviceService(DevicePool pool)
{
    public async Task<string> AskAsync(string question, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        try
        {
            await connection.SendAsync(Encoding.UTF8.GetBytes(question), stop);
            return await connection.ReceiveAsync(stop);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }
}
