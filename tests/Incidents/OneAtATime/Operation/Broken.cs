// Operation objects are pooled. The method puts its own back as soon as it has started, and the next question writes its own name
// on it: when the answer comes, the name on the operation is no longer that of who asked.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Incidents.OneAtATime.Operation;

/// <summary>One question at a time is with the device; its turn ends when the answer has come, whoever still waits for it.</summary>
public sealed class OperationService : IDisposable
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _operations = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Socket _socket;

    private OperationService(Socket socket) => _socket = socket;

    public static async Task<OperationService> ConnectAsync(IPEndPoint device, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(device, stop);
            return new OperationService(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<string> AskAsync(string question, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_operations.TryPop(out var operation)) operation = NewOperation();
        operation.UserToken = answer;

        await _turn.WaitAsync(stop);
        _socket.Send(FrameOf(question));
        if (!_socket.ReceiveAsync(operation)) OnReceived(_socket, operation);
        _operations.Push(operation); //! LCA4005
        return await answer.Task.WaitAsync(stop);
    }

    public void Dispose()
    {
        _socket.Dispose();
        while (_operations.TryPop(out var operation)) operation.Dispose();
    }

    private SocketAsyncEventArgs NewOperation()
    {
        var operation = new SocketAsyncEventArgs();
        operation.SetBuffer(new byte[Frame.MaxLength]);
        operation.Completed += OnReceived;
        return operation;
    }

    /// <summary>The device writes an answer at once, and there is never more than one.</summary>
    private void OnReceived(object? sender, SocketAsyncEventArgs operation)
    {
        var answer = (TaskCompletionSource<string>)operation.UserToken!;
        if (operation.SocketError == SocketError.Success && operation.BytesTransferred > 4) answer.TrySetResult(Encoding.UTF8.GetString(operation.MemoryBuffer.Span[4..operation.BytesTransferred]));
        else answer.TrySetException(new IOException($"The device gave no answer: {operation.SocketError}"));
        _turn.Release();
    }

    private static byte[] FrameOf(string question)
    {
        var frame = new byte[4 + Encoding.UTF8.GetByteCount(question)];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        Encoding.UTF8.GetBytes(question, frame.AsSpan(4));
        return frame;
    }
}
