// Clients of a weather service: who owns the HttpClient decides who may close its connections.
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fresh.Reuse.SharedHttp;

public sealed class WeatherClient(HttpClient http)
{
    public async Task<string> NowAsync(string city, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/now/{city}");
        request.Headers.ConnectionClose = true; //! LCA3003
        using var answer = await http.SendAsync(request, ct);
        return await answer.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> TomorrowAsync(string city, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/tomorrow/{city}");
        request.Headers.ConnectionClose = false;
        using var answer = await http.SendAsync(request, ct);
        return await answer.Content.ReadAsStringAsync(ct);
    }
}

public static class WeatherSetup
{
    public static void AddWeather(this IServiceCollection services)
    {
        services.AddHttpClient<WeatherClient>(client =>
        {
            client.BaseAddress = new Uri("https://weather.example");
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        services.AddHttpClient("archive", client => client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json")));
    }

    public static async Task<string> OnceAsync(Uri uri, CancellationToken ct)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: it is closed with the client anyway
        return await http.GetStringAsync(uri, ct);
    }

    public static async Task<string> FromFactoryAsync(IHttpClientFactory factory, Uri uri, CancellationToken ct)
    {
        using var http = factory.CreateClient("archive");
        http.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003
        return await http.GetStringAsync(uri, ct);
    }
}

/// <summary>One station, one socket; a field that the closing method leaves filled.</summary>
public sealed class StationSocket(IPEndPoint station) : IDisposable
{
    private Socket? _socket;

    private Socket Line
    {
        get
        {
            if (_socket == null)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    socket.Connect(station);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }

                _socket = socket;
            }

            return _socket;
        }
    }

    public void Report(byte[] values)
    {
        lock (this) Line.Send(values); //! LCA3001
    }

    public void Disconnect() => _socket?.Close();

    public void Dispose() => _socket?.Dispose();
}

public sealed class RenewedStationSocket(IPEndPoint station) : IDisposable
{
    private Socket? _socket;

    public void Report(byte[] values)
    {
        lock (this)
        {
            try
            {
                _socket ??= Dial();
                _socket.Send(values);
            }
            catch (SocketException)
            {
                _socket?.Dispose();
                _socket = null;
                throw;
            }
        }
    }

    private Socket Dial()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(station);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket?.Dispose();
}
