using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LifecycleAnalyzers.Samples.Tests;

/// <summary>What the tests of all samples need.</summary>
internal static class Loopback
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<T> Soon<T>(this Task<T> task) => await task.WaitAsync(Patience, Stop);

    public static async Task Soon(this Task task) => await task.WaitAsync(Patience, Stop);

    public static async Task Until(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "Waited in vain until " + what);
            await Task.Delay(5, Stop);
        }
    }

    /// <summary>A port that is taken, so that nobody else gets it, and on which nobody listens.</summary>
    public static Socket Refusing(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
