// Typed HTTP clients, server-sent events, a web socket endpoint. Nothing to report.
using System.Net.Http.Json;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.GoodHttpCalls;

public sealed record Weather(string Place, double Celsius);

public sealed class WeatherClient(HttpClient http, ILogger<WeatherClient> log)
{
    public async Task<Weather?> GetAsync(string place, CancellationToken stop)
    {
        try
        {
            return await http.GetFromJsonAsync<Weather>($"weather/{Uri.EscapeDataString(place)}", stop);
        }
        catch (HttpRequestException ex)
        {
            log.LogWarning(ex, "no weather for {Place}", place);
            return null;
        }
    }

    public async IAsyncEnumerable<string> EventsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        using var response = await http.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, stop);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(stop);
        using var reader = new StreamReader(body);
        while (await reader.ReadLineAsync(stop) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                yield return line["data: ".Length..];
    }
}

public static class WeatherApp
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services
            .AddHttpClient<WeatherClient>(client => client.BaseAddress = new Uri("https://weather.example.test/"))
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectTimeout = TimeSpan.FromSeconds(3),
            });
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        app.MapGet("/weather/{place}", async (string place, WeatherClient client, CancellationToken stop) =>
            await client.GetAsync(place, stop) is { } weather ? Results.Ok(weather) : Results.NotFound());
        app.Map("/echo", EchoAsync);
        return app;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        if (socket.State == WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
