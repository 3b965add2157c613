using System.Net.Sockets;

namespace Incidents.OneAtATime;

/// <summary>The service's side of its callers: accepts at once, and answers each connection's questions with what the work gives.</summary>
public sealed class Front(TcpListener listener, Func<string, CancellationToken, Task<string>> work)
{
    public static string Refusal(string question) => $"gave up on {question}";

    public async Task RunAsync(CancellationToken stop)
    {
        var callers = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop);
                callers.Add(ServeAsync(socket, stop));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(callers);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await Frame.ReadAsync(stream, stop) is { } frame)
            {
                var answer = await AnswerAsync(Question.Parse(frame), stop);
                await Frame.WriteAsync(stream, answer, stop);
            }
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the caller has gone
        }
    }

    private async Task<string> AnswerAsync(Question question, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(question.Patience);
        try
        {
            return await work(question.Text, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Refusal(question.Text);
        }
    }
}
