using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Incidents.OneAtATime.Context;

public static class Program
{
    public static Task<int> Main(string[] args) => Traffic.RunAsync(args, ServeAsync, port =>
    {
        var line = new WebLine(port);
        return () => line;
    });

    private static async Task ServeAsync(TcpListener listener, IPEndPoint device, CancellationToken stop)
    {
        using var link = new DeviceLink(device);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenHandle((ulong)listener.Server.Handle));
        await using var app = builder.Build();
        app.MapQuestions(link, new AnswerDesk());
        await app.StartAsync(CancellationToken.None);
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await app.StopAsync(limit.Token);
    }
}

/// <summary>All callers of a process use one client and its few connections: each hands its question in, then fetches the answer.</summary>
public sealed class WebLine(int port) : ILine
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 8 }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

    public async Task<string> AskAsync(Question question, CancellationToken stop)
    {
        using var accepted = await _client.PostAsync($"{question.Text}?patience={(int)question.Patience.TotalMilliseconds}", null, stop);
        accepted.EnsureSuccessStatusCode();
        return await _client.GetStringAsync(question.Text, stop);
    }

    public void Dispose() => _client.Dispose();
}
