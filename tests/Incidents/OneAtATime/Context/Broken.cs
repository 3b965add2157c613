// The web service accepts a question at once and works on it after the response. When the answer is there, it asks the context
// whose it was; by then the connection carries another request, and the context speaks of that one.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Incidents.OneAtATime.Context;

/// <summary>Where answers wait to be fetched, each under the path it was asked at.</summary>
public sealed class AnswerDesk
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _answers = new();

    public void Leave(string path, string answer) => Place(path).TrySetResult(answer);

    public async Task<string> FetchAsync(string path, CancellationToken stop)
    {
        var answer = await Place(path).Task.WaitAsync(stop);
        _answers.TryRemove(path, out _);
        return answer;
    }

    private TaskCompletionSource<string> Place(string path) =>
        _answers.GetOrAdd(path, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}

public static class QuestionEndpoints
{
    public static void MapQuestions(this WebApplication app, DeviceLink device, AnswerDesk desk)
    {
        app.MapPost("/{text}", (string text, int patience, HttpContext context) =>
        {
            _ = Task.Run(async () =>
            {
                try
                {
                    var answer = await AnswerAsync(device, new Question(text, TimeSpan.FromMilliseconds(patience)));
                    desk.Leave(context.Request.Path, answer); //! LCA4003
                }
                catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
                {
                    Console.Error.WriteLine($"trace: nobody can be told the answer: {failure.Message}");
                }
            });
            return Results.Accepted();
        });

        app.MapGet("/{text}", (string text, HttpContext context) => desk.FetchAsync(context.Request.Path, context.RequestAborted));
    }

    private static async Task<string> AnswerAsync(DeviceLink device, Question question)
    {
        using var limit = new CancellationTokenSource(question.Patience);
        try
        {
            return await device.RequestAsync(Encoding.UTF8.GetBytes(question.Text), limit.Token);
        }
        catch (OperationCanceledException)
        {
            return Front.Refusal(question.Text);
        }
    }
}
