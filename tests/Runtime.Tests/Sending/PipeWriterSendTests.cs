#if !RUNTIME_NETSTANDARD
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class PipeWriterSendTests
{
    [Fact]
    public async Task Writes_and_flushes()
    {
        var pipe = new Pipe();
        Assert.True((await pipe.Writer.TryWriteAsync(Bytes(5000), Stop)).IsSent);
        var read = await pipe.Reader.ReadAsync(Stop);
        Assert.Equal(Bytes(5000), read.Buffer.ToArray());
    }

    [Fact]
    public async Task A_completed_writer_is_an_answer()
    {
        var pipe = new Pipe();
        await pipe.Writer.CompleteAsync();
        Assert.True((await pipe.Writer.TryWriteAsync(Bytes(1), Stop)).ProvablyNotSent);

        using var pair = await SocketPair.CreateAsync();
        var overStream = PipeWriter.Create(new NetworkStream(pair.Near, ownsSocket: true));
        Assert.True((await overStream.TryWriteAsync(Bytes(3), Stop)).IsSent);
        Assert.Equal(Bytes(3), await pair.ReceiveFarAsync(3));
        await overStream.CompleteAsync();
        Assert.True((await overStream.TryWriteAsync(Bytes(1), Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task A_completed_reader_and_a_cancelled_flush_are_unknown_and_say_so()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        var result = await pipe.Writer.TryWriteAsync(Bytes(1), Stop);
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsType<IOException>(result.Exception);

        var full = new Pipe(new PipeOptions(pauseWriterThreshold: 10, resumeWriterThreshold: 5));
        var pending = full.Writer.TryWriteAsync(Bytes(100), Stop).AsTask();
        Assert.False(pending.IsCompleted);
        full.Writer.CancelPendingFlush();
        result = await pending.Soon();
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsType<OperationCanceledException>(result.Exception);

        var faulted = new Pipe();
        await faulted.Reader.CompleteAsync(new IOException("gone"));
        result = await faulted.Writer.TryWriteAsync(Bytes(1), Stop);
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.Equal("gone", result.Exception!.Message);
    }

    [Fact]
    public async Task Cancelled_before_it_begins_throws_and_in_the_middle_is_unknown()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 10, resumeWriterThreshold: 5));
        using var cancel = new CancellationTokenSource();
        var pending = pipe.Writer.TryWriteAsync(Bytes(100), cancel.Token).AsTask();
        Assert.False(pending.IsCompleted);
        await cancel.CancelAsync();

        var result = await pending.Soon();
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsAssignableFrom<OperationCanceledException>(result.Exception);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipe.Writer.TryWriteAsync(Bytes(1), cancel.Token));
    }
}
#endif
