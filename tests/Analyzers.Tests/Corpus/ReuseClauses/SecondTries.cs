using System.Net.Http.Json;
using System.Net.Http;
using System.Net.Sockets;
using System.Net;
using Grpc.Core;
using RabbitMQ.Client.Exceptions;
using RabbitMQ.Client;

namespace Clauses.SecondTries;

public sealed class Invoices(HttpClient http)
{
    public async Task<HttpResponseMessage> IssueAsync(object invoice, int attempt = 0)
    {
        try
        {
            return await http.PostAsJsonAsync("/invoices", invoice);
        }
        catch (HttpRequestException) when (attempt < 2)
        {
            return await IssueAsync(invoice, attempt + 1); //! LCA3005
        }
    }

    public async Task<bool> IssueFlaggedAsync(object invoice)
    {
        var done = false;
        while (!done)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("/invoices", invoice); //! LCA3005
                done = response.IsSuccessStatusCode;
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }

        return done;
    }

    public async Task<HttpResponseMessage> SendAgainAsync(Uri uri, string body)
    {
        HttpRequestMessage Make() => new(HttpMethod.Post, uri) { Content = new StringContent(body) };
        try
        {
            return await http.SendAsync(Make());
        }
        catch (TaskCanceledException)
        {
            return await http.SendAsync(Make()); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> GetAgainAsync(Uri uri)
    {
        try
        {
            return await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, uri));
        }
        catch (TaskCanceledException)
        {
            return await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, uri));
        }
    }

    public async Task<HttpResponseMessage> ReplaceAgainAsync(Uri uri, HttpContent whole)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await http.PutAsync(uri, whole);
            }
            catch (HttpRequestException) when (i < 3)
            {
            }
        }
    }

    public async Task<HttpResponseMessage> UnreachableAsync(HttpContent body)
    {
        try
        {
            return await http.PostAsync("/invoices", body);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            return await http.PostAsync("/invoices", body);
        }
    }

    public async Task<List<HttpResponseMessage>> EachOnceAsync(IEnumerable<HttpContent> bodies)
    {
        List<HttpResponseMessage> answers = [];
        foreach (var body in bodies)
        {
            try
            {
                answers.Add(await http.PostAsync("/invoices", body));
            }
            catch (HttpRequestException)
            {
            }
        }

        return answers;
    }
}

public sealed class Outbox(IConnection broker)
{
    public async Task PublishAsync(byte[] body, CancellationToken stop)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await using var channel = await broker.CreateChannelAsync(cancellationToken: stop);
            try
            {
                await channel.BasicPublishAsync("", "outbox", body, stop); //! LCA3005
                return;
            }
            catch (OperationInterruptedException)
            {
            }
        }
    }

    public async Task PublishOpenedAsync(byte[] body, CancellationToken stop)
    {
        IChannel? channel = null;
        for (var attempt = 0; channel is null; attempt++)
        {
            try
            {
                channel = await broker.CreateChannelAsync(cancellationToken: stop);
            }
            catch (OperationInterruptedException) when (attempt < 3)
            {
            }
        }

        await using (channel) await channel.BasicPublishAsync("", "outbox", body, stop);
    }
}

public static class Attempts
{
    public static T Run<T>(Func<T> work, int times)
    {
        while (true)
        {
            try
            {
                return work();
            }
            catch (SocketException) when (times-- > 0)
            {
                Thread.Sleep(50);
            }
        }
    }
}

public sealed class Legacy(HttpClient http, System.Data.Common.DbCommand insert)
{
    public HttpResponseMessage Order(HttpContent body) => Attempts.Run(() => http.Send(new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = body }), 3); //! LCA3005

    public HttpResponseMessage Look() => Attempts.Run(() => http.Send(new HttpRequestMessage(HttpMethod.Get, "/orders")), 3);

    public int Insert() => Attempts.Run(insert.ExecuteNonQuery, 3); //! LCA3005
}
