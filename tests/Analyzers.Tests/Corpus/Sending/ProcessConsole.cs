// Streams the output of child processes to a browser console.
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.ProcessConsole;

public sealed class ConsoleStreamer(WebSocket browser)
{
    public async Task<int> RunAsync(string file, CancellationToken stop)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true }, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is not null) WriteLineAsync(e.Data, stop).Wait(stop); //! LCA2001
        };
        process.ErrorDataReceived += OnErrorLine;
        process.Exited += ProcessExited;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(stop);
        // ok LCA2001: the method's own flow
        await WriteLineAsync($"exit code {process.ExitCode}", stop);
        return process.ExitCode;

        async void ProcessExited(object? sender, EventArgs e)
        {
            await WriteLineAsync("process exited", stop); //! LCA2001
        }

        async void OnErrorLine(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { Length: > 0 } line)
                await browser.SendAsync(Encoding.UTF8.GetBytes("! " + line), WebSocketMessageType.Text, true, stop); //! LCA2001
        }
    }

    private Task WriteLineAsync(string line, CancellationToken stop) =>
        browser.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, stop);
}

public sealed class GuardedConsoleStreamer(WebSocket browser, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task RunAsync(Process process, CancellationToken stop)
    {
        process.OutputDataReceived += async (_, e) => await ForwardAsync(e.Data, stop);
        process.ErrorDataReceived += async (_, e) => await ForwardAsync(e.Data, stop);
        process.Exited += OnExited;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(stop);

        // ok LCA2001: a local function that is asked first
        async void OnExited(object? sender, EventArgs e)
        {
            if (!IsOpen()) return;
            await browser.SendAsync("exited"u8.ToArray(), WebSocketMessageType.Text, true, stop);
        }

        bool IsOpen() => browser.State == WebSocketState.Open;
    }

    // ok LCA2001: a socket that closes is answered in the catch
    private async Task ForwardAsync(string? line, CancellationToken stop)
    {
        if (line is null) return;
        await _gate.WaitAsync(stop);
        try
        {
            await browser.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, stop);
        }
        catch (Exception ex)
        {
            log.LogInformation(ex, "browser left, line dropped");
        }
        finally
        {
            _gate.Release();
        }
    }
}
