// The scenario of the one-at-a-time service: callers in two processes ask in bursts, the service accepts them at once and works
// through their questions one by one. However many give up, no answer may reach another question.
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Incidents.OneAtATime;

/// <summary>Serves what comes to a listener with a device behind it, until it is told to stop.</summary>
public delegate Task Serve(TcpListener listener, IPEndPoint device, CancellationToken stop);

public static class Traffic
{
    private const int Processes = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(230);

    /// <summary>How many questions there are in all; the environment may ask for more or fewer.</summary>
    private static int Requests => int.TryParse(Environment.GetEnvironmentVariable("INCIDENT_REQUESTS"), out var requests) ? requests : 100_000;

    /// <summary>Plays the part that the arguments name: the callers of one process, else the service and all that belongs to it.</summary>
    public static Task<int> RunAsync(string[] args, Serve serve) => RunAsync(args, serve, port => () => new TcpLine(port));

    /// <summary>With lines of another kind than a connection for each caller.</summary>
    public static Task<int> RunAsync(string[] args, Serve serve, Func<int, Func<ILine>> dial) =>
        args is ["callers", var name, var port, var requests] ? CallAsync(new Callers(name, int.Parse(requests), dial(int.Parse(port)))) : ServeAsync(serve);

    private static async Task<int> CallAsync(Callers callers)
    {
        using var deadline = new CancellationTokenSource(Limit);

        // the end of the input is the word to stop
        var listening = new Thread(() =>
        {
            Console.In.ReadToEnd();
            deadline.Cancel();
        }) { IsBackground = true };
        listening.Start();
        return await callers.RunAsync(deadline.Token);
    }

    private static async Task<int> ServeAsync(Serve serve)
    {
        using var deadline = new CancellationTokenSource(Limit);
        using var device = new TcpListener(IPAddress.Loopback, 0);
        device.Start(512);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var devicePort = ((IPEndPoint)device.LocalEndpoint).Port;
        var working = new Device(device).RunAsync(deadline.Token);
        var serving = serve(listener, (IPEndPoint)device.LocalEndpoint, deadline.Token);

        var account = new Account();
        var processes = Enumerable.Range(0, Processes).Select(number => StartCallers(((char)('A' + number)).ToString(), port)).ToList();
        await Task.WhenAll(processes.Select(process => ListenAsync(process, processes, account)));
        var inTime = !deadline.IsCancellationRequested;

        // the callers have gone: what is left ends with the listeners
        listener.Stop();
        device.Stop();
        await deadline.CancelAsync();
        await Task.WhenAll(serving, working);
        foreach (var process in processes) process.Dispose();

        account.Print();
        var sockets = OpenSockets(port, devicePort);
        Console.WriteLine($"open-sockets {sockets}");
        var healthy = inTime && account.Asked == Requests && account.Crossed == 0 && account.Failed == 0 && sockets == 0
            && account.Answered > 0 && account.Answered + account.GivenUp + account.WalkedAway == account.Asked;
        Console.WriteLine(healthy ? "RESULT ok" : account.Crossed > 0 ? "RESULT crossed" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    private static Process StartCallers(string name, int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "exec", typeof(Traffic).Assembly.Location, "callers", name, $"{port}", $"{Requests / Processes}" }) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("The callers did not start.");
    }

    /// <summary>Adds up what the callers tell; the first crossing ends those of all processes.</summary>
    private static async Task ListenAsync(Process process, List<Process> all, Account account)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (account)
            {
                if (account.Add(line)) continue;
                Console.WriteLine(line);
                foreach (var other in all) other.StandardInput.Close();
            }
        }

        await process.WaitForExitAsync();
    }

    /// <summary>Connections of the service or the device that the operating system still knows as open.</summary>
    private static int OpenSockets(params int[] ports) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            (ports.Contains(connection.LocalEndPoint.Port) || ports.Contains(connection.RemoteEndPoint.Port))
            && connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived);
}
