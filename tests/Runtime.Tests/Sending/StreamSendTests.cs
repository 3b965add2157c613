using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class StreamSendTests
{
    [Fact]
    public async Task Writes_everything_in_every_form()
    {
        using var pair = await SocketPair.CreateAsync();
        await using var stream = new NetworkStream(pair.Near);
        var bytes = Bytes(50);

        Assert.True(stream.TryWrite(bytes).IsSent);
        Assert.True(stream.TryWrite(bytes, 5, 10).IsSent);
        Assert.True((await stream.TryWriteAsync(bytes, Stop)).IsSent);
        Assert.True((await stream.TryWriteAsync(bytes, 5, 10, Stop)).IsSent);

        byte[] expected = [.. bytes, .. bytes[5..15], .. bytes, .. bytes[5..15]];

        Assert.Equal(expected, await pair.ReceiveFarAsync(120));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_stream_or_socket_is_an_answer(bool stream)
    {
        using var pair = await SocketPair.CreateAsync();
        await using var network = new NetworkStream(pair.Near);
        if (stream)
        {
            await network.DisposeAsync();
        }
        else
        {
            pair.Near.Dispose();
        }

        Assert.True(network.TryWrite([1]).ProvablyNotSent);
        Assert.True((await network.TryWriteAsync(Bytes(1), Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task After_a_reset_it_is_unknown_with_the_cause()
    {
        using var pair = await SocketPair.CreateAsync();
        await using var stream = new NetworkStream(pair.Near);
        pair.ResetFar();
        await Until(() => !stream.IsAlive(), "the reset has arrived");

        var result = await stream.TryWriteAsync(Bytes(1), Stop);

        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsAssignableFrom<SocketException>(Assert.IsAssignableFrom<IOException>(result.Exception).InnerException);
        Assert.True(stream.TryWrite([1]).ProvablyNotSent);
    }

    [Fact]
    public async Task Cancelled_before_it_begins_throws_and_in_the_middle_is_unknown()
    {
        using var pair = await SocketPair.CreateAsync();
        await using var stream = new NetworkStream(pair.Near);
        using var cancel = new CancellationTokenSource();

        var write = stream.TryWriteAsync(Bytes(64 << 20), cancel.Token).AsTask();
        Assert.False(write.IsCompleted);
        await cancel.CancelAsync();
        var result = await write.Soon();

        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsAssignableFrom<OperationCanceledException>(result.Exception);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.TryWriteAsync(Bytes(1), cancel.Token));
    }

    [Fact]
    public async Task A_TLS_stream_is_guarded()
    {
        using var pair = await SocketPair.CreateAsync();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var near = new SslStream(new NetworkStream(pair.Near), false, static (_, _, _, _) => true);
        await using var far = new SslStream(new NetworkStream(pair.Far), false);

        Assert.True((await near.TryWriteAsync(Bytes(1), Stop)).ProvablyNotSent); // No handshake yet.

        var server = far.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Stop);
        await near.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Stop).Soon();
        await server.Soon();

        Assert.True((await near.TryWriteAsync(Bytes(10), Stop)).IsSent);
        var got = new byte[10];
        await far.ReadExactlyAsync(got, Stop);
        Assert.Equal(Bytes(10), got);

        // Two writes at once are a mistake of the caller, not an answer.
        var first = near.TryWriteAsync(Bytes(64 << 20), Stop).AsTask();
        Assert.False(first.IsCompleted);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await near.TryWriteAsync(Bytes(1), Stop));
        pair.ResetFar();
        Assert.Equal(SendOutcome.Unknown, (await first.Soon()).Outcome);

        await near.DisposeAsync();
        Assert.True(near.TryWrite([1]).ProvablyNotSent);
        Assert.True((await near.TryWriteAsync(Bytes(1), Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task A_pipe_is_guarded()
    {
        var name = "la-" + Guid.NewGuid().ToString("N")[..12];
        await using var server = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        await using var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        Assert.True(server.TryWrite([1]).ProvablyNotSent);
        Assert.True(client.TryWrite([1]).ProvablyNotSent);

        var accepted = server.WaitForConnectionAsync(Stop);
        await client.ConnectAsync(Stop).Soon();
        await accepted.Soon();

        Assert.True((await client.TryWriteAsync(Bytes(3), Stop)).IsSent);
        var got = new byte[3];
        await server.ReadExactlyAsync(got, Stop);
        Assert.Equal(Bytes(3), got);

        await client.DisposeAsync();
        Assert.True(client.TryWrite([1]).ProvablyNotSent);
        await Until(() => !server.TryWrite([1]).IsSent, "the pipe is broken");
    }

    [Fact]
    public void A_write_that_throws_what_is_no_mistake_of_the_caller_is_unknown()
    {
        using var stream = new FailingStream(new InvalidOperationException("link down"));
        var result = stream.TryWrite([1]);
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.Equal("link down", result.Exception!.Message);

        using var mistaken = new FailingStream(new ArgumentException("no"));
        Assert.Throws<ArgumentException>(() => mistaken.TryWrite([1]));
    }

    [Fact]
    public void A_mistaken_part_of_an_array_is_an_exception()
    {
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.TryWrite(Bytes(3), 2, 2));
        Assert.Throws<ArgumentNullException>(() => stream.TryWrite(null!, 0, 0));
        Assert.Throws<ArgumentNullException>(() => ((Stream)null!).TryWrite([1]));
        Assert.True(stream.TryWrite([1]).IsSent);
    }

    private sealed class FailingStream(Exception exception) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw exception;

        public override void Write(byte[] buffer, int offset, int count) => throw exception;
    }
}
