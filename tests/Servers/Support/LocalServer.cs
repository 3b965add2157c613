using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>A server of this test run alone: on loopback, on a free port, with data of its own, to be killed and started again.</summary>
public abstract class LocalServer : IAsyncDisposable
{
    /// <summary>Enough for a busy machine; a server that is up is seen at once.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    private readonly List<string> _said = [];
    private Process? _process;

    protected LocalServer()
    {
        Port = FreePort();
        Folder = Directory.CreateTempSubdirectory("lifecycle-server-").FullName;

        // A server that is not to run as root writes here under another name.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
    }

    public int Port { get; }

    /// <summary>Where the server has its data.</summary>
    protected string Folder { get; }

    /// <summary>Starts the server, on the data that it had, and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_limit);
        await PrepareAsync(limit.Token);
        Exception? last = null;
        while (!limit.IsCancellationRequested)
        {
            // One that goes at once, because what was killed still held something, is started again.
            if (_process is null or { HasExited: true })
            {
                _process?.Dispose();
                _process = Launch(Command());
            }

            try
            {
                await AskAsync(limit.Token);
                return;
            }
            catch (Exception notYet) when (notYet is IOException or SocketException or DbException or TimeoutException or OperationCanceledException)
            {
                last = notYet;
                await Task.Delay(50, CancellationToken.None);
            }
        }

        throw new TimeoutException($"{GetType().Name} did not start: {last?.Message}\n{Said()}");
    }

    /// <summary>Ends the server as a power cut does: it can finish nothing and say nothing.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await KillAsync();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                // The last children of the server may still write.
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Before the first start: what makes the data.</summary>
    protected virtual Task PrepareAsync(CancellationToken stop) => Task.CompletedTask;

    /// <summary>The program that is the server, in the foreground.</summary>
    protected abstract ProcessStartInfo Command();

    /// <summary>One exchange with the server; throws while there is none that answers.</summary>
    protected abstract Task AskAsync(CancellationToken stop);

    protected async Task RunAsync(ProcessStartInfo command, CancellationToken stop)
    {
        using var process = Launch(command);
        await process.WaitForExitAsync(stop);
        Assert.True(process.ExitCode == 0, $"{command.FileName} ended with {process.ExitCode}:\n{Said()}");
    }

    /// <summary>The command as another user, if this is root: some servers refuse to run as root.</summary>
    protected static ProcessStartInfo AsUser(string user, string program, params string[] arguments) => Environment.UserName == "root"
        ? new ProcessStartInfo("setpriv", ["--reuid", user, "--regid", user, "--clear-groups", "--", program, .. arguments])
        : new ProcessStartInfo(program, arguments);

    private Process Launch(ProcessStartInfo command)
    {
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        command.RedirectStandardInput = true;
        command.WorkingDirectory = Folder;
        var process = Process.Start(command) ?? throw new InvalidOperationException($"{command.FileName} did not start.");
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return process;
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.Add(line);
    }

    private string Said()
    {
        lock (_said) return string.Join('\n', _said.TakeLast(40));
    }

    /// <summary>Not one of those that the system gives out by itself: while the server is down nobody else shall get it.</summary>
    protected static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // taken: another one
            }
        }
    }
}
