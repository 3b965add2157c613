// A ticket office: pools of connections to the reservation host, requests that are repeated, clients that are shared.
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.ObjectPool;

namespace Ways.Tickets;

public sealed record Ticket(string Seat, int Price);

public sealed class HostConnection : IDisposable
{
    public bool IsConnected { get; set; } = true;

    public void Send(ReadOnlySpan<byte> telegram)
    {
        if (!IsConnected) throw new IOException($"{telegram.Length} bytes not sent");
    }

    public void Dispose() => IsConnected = false;
}

public sealed class HostPolicy : PooledObjectPolicy<HostConnection>
{
    public override HostConnection Create() => new();

    public override bool Return(HostConnection obj) => obj is { IsConnected: true };
}

public sealed class HostPool(Func<HostConnection> open)
{
    private readonly LinkedList<HostConnection> _idle = new();
    private readonly Lock _sync = new();

    public void Use(Action<HostConnection> use)
    {
        HostConnection? connection = null;
        lock (_sync)
        {
            for (var node = _idle.First; node is not null; node = _idle.First)
            {
                _idle.RemoveFirst();
                if (node.Value.IsConnected)
                {
                    connection = node.Value;
                    break;
                }
            }
        }

        connection ??= open();
        use(connection);
        lock (_sync) _idle.AddLast(connection);
    }
}

public sealed class StackPool(Func<HostConnection> open)
{
    private readonly Stack<HostConnection> _idle = [];
    private readonly Lock _sync = new();

    public HostConnection Rent()
    {
        using (_sync.EnterScope())
        {
            return _idle.Count > 0 ? _idle.Pop() : open(); //! LCA3004
        }
    }

    public HostConnection RentAlive()
    {
        using (_sync.EnterScope())
        {
            while (_idle.Count > 0)
            {
                if (_idle.Pop() is { IsConnected: true } alive) return alive;
            }
        }

        return open();
    }

    public bool TryRentAlive(out HostConnection? connection)
    {
        lock (_idle)
        {
            do
            {
                if (!_idle.TryPop(out connection)) return false;
            }
            while (!connection.IsConnected);
            return true;
        }
    }

    public void Return(HostConnection connection)
    {
        using (_sync.EnterScope()) _idle.Push(connection);
    }
}

public sealed class TicketClient(IHttpClientFactory factory, TimeProvider time)
{
    private HttpClient Http => factory.CreateClient("tickets");

    public async Task<bool> BuyAsync(Ticket ticket, CancellationToken cancel)
    {
        Exception? last = null;
        foreach (var wait in (ReadOnlySpan<int>)[0, 100, 400] is var waits ? waits.ToArray() : [])
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait), time, cancel);
            try
            {
                using var answer = await Http.PostAsJsonAsync("tickets", ticket, cancel); //! LCA3005
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException e)
            {
                last = e;
            }
        }

        throw new IOException("not bought", last);
    }

    public async Task<bool> BuyOnceAsync(Ticket ticket, CancellationToken cancel)
    {
        foreach (var host in new[] { "a", "b" })
        {
            try
            {
                using var answer = await Http.PostAsJsonAsync($"https://{host}.example/tickets", ticket, cancel);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException e) when (e is { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
            {
            }
        }

        return false;
    }

    public async Task<Ticket?> FindAsync(string seat, CancellationToken cancel)
    {
        for (var left = 2; ; left--)
        {
            try { return await Http.GetFromJsonAsync<Ticket>($"tickets/{seat}", cancel); }
            catch (HttpRequestException) when (left > 0) { }
        }
    }

    public async Task<bool> ReturnAsync(Ticket ticket, CancellationToken cancel)
    {
        try
        {
            return await PostAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return await PostAsync(); //! LCA3005
        }

        async ValueTask<bool> PostAsync()
        {
            using HttpRequestMessage request = new(HttpMethod.Post, $"returns/{ticket.Seat}");
            using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode;
        }
    }

    public async Task<bool> PingAsync(CancellationToken cancel)
    {
        using var http = Http;
        http.DefaultRequestHeaders.Add("Connection", ["close"]); //! LCA3003
        using var answer = await http.GetAsync("ping", cancel);
        return answer.IsSuccessStatusCode;
    }
}
