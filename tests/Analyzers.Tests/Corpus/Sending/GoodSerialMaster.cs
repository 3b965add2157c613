// A serial bus master: the port's event only signals, one worker writes and reads.
using System.Collections.Concurrent;
using System.IO.Ports;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodSerialMaster;

public sealed record BusRequest(byte Address, byte[] Body, TaskCompletionSource<byte[]> Answer);

public sealed class BusMaster : IDisposable
{
    private readonly SerialPort _port;
    private readonly ILogger _log;
    private readonly BlockingCollection<BusRequest> _requests = new(64);
    private readonly AutoResetEvent _data = new(false);
    private readonly Thread _worker;
    private volatile bool _disposed;

    public BusMaster(SerialPort port, ILogger log)
    {
        (_port, _log) = (port, log);
        _port.DataReceived += OnDataReceived;
        _port.ErrorReceived += OnErrorReceived;
        _worker = new Thread(Work) { IsBackground = true, Name = "bus" };
    }

    public void Open()
    {
        _port.Open();
        _worker.Start();
    }

    public Task<byte[]> RequestAsync(byte address, byte[] body)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add(new BusRequest(address, body, answer));
        return answer.Task;
    }

    private void OnDataReceived(object sender, SerialDataReceivedEventArgs e) => _data.Set();

    private void OnErrorReceived(object sender, SerialErrorReceivedEventArgs e) => _log.LogWarning("bus error {Error}", e.EventType);

    private void Work()
    {
        foreach (var request in _requests.GetConsumingEnumerable())
        {
            try
            {
                request.Answer.TrySetResult(Exchange(request));
            }
            catch (Exception ex) when (ex is IOException or InvalidOperationException or TimeoutException)
            {
                request.Answer.TrySetException(ex);
            }
        }
    }

    private byte[] Exchange(BusRequest request)
    {
        _port.DiscardInBuffer();
        byte[] frame = [request.Address, (byte)request.Body.Length, .. request.Body];
        _port.Write(frame, 0, frame.Length);
        if (!_data.WaitOne(500)) throw new TimeoutException($"no answer from {request.Address}");
        var answer = new byte[_port.BytesToRead];
        var count = _port.Read(answer, 0, answer.Length);
        return answer[..count];
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _requests.CompleteAdding();
        if (_worker.IsAlive) _worker.Join(1000);
        _port.Dispose();
        _data.Dispose();
        _requests.Dispose();
    }
}
