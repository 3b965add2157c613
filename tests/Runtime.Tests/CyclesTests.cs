using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests;

/// <summary>Connections that come and go quickly, ended in every way, leave nothing behind.</summary>
public sealed class CyclesTests
{
    private const int Cycles = 20_000;

    [Fact]
    public async Task Twenty_thousand_connections_leave_no_handle_and_no_unobserved_task()
    {
        var unobserved = 0;
        void Count(object? sender, UnobservedTaskExceptionEventArgs e) => Interlocked.Increment(ref unobserved);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        var endPoint = (IPEndPoint)listener.LocalEndPoint!;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException += Count;
        var before = Handles();
        long sent = 0;
        long received = 0;
        try
        {
            for (var i = 0; i < Cycles; i++)
            {
                var near = await SafeSocket.ConnectAsync(endPoint, Stop);
                var far = await listener.AcceptAsync(Stop);

                // Resets, so that no port stays occupied; by either end, before or after a byte was sent.
                near.LingerState = far.LingerState = new LingerOption(true, 0);
                if (i % 4 < 2)
                {
                    Assert.True(near.TrySend([(byte)i]).IsSent);
                    sent++;
                    received += await far.ReceiveAsync(new byte[4], SocketFlags.None, Stop);
                }

                Assert.True(near.IsAlive());
                (i % 2 == 0 ? near : far).Dispose();
                var left = i % 2 == 0 ? far : near;
                left.TrySendAsync(new byte[] { 1 }, Stop).Observe(static e => Assert.Fail(e.ToString()));
                left.Dispose();
                Assert.False(left.IsAlive());
                Assert.True(left.TrySend([1]).ProvablyNotSent);
            }

            Assert.Equal(sent, received);
            Assert.InRange(Handles() - before, -1000, 20);
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Count;
        }

        // Where the operating system does not show the handles, the rest is still tested.
        static int Handles() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
    }
}
