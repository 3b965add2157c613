using System.Net.Sockets;

namespace Incidents.OneAtATime;

/// <summary>What became of the questions.</summary>
public sealed class Account
{
    public int Asked;
    public int Answered;
    public int GivenUp;
    public int WalkedAway;
    public int Failed;
    public int Crossed;

    public void Print()
    {
        Console.WriteLine($"asked {Asked}");
        Console.WriteLine($"answered {Answered}");
        Console.WriteLine($"given-up {GivenUp}");
        Console.WriteLine($"walked-away {WalkedAway}");
        Console.WriteLine($"failed {Failed}");
        Console.WriteLine($"crossed {Crossed}");
    }

    /// <summary>Takes over a line that <see cref="Print"/> wrote in another process; false for any other line.</summary>
    public bool Add(string line)
    {
        if (line.Split(' ') is not [var what, var number] || !int.TryParse(number, out var count)) return false;
        switch (what)
        {
            case "asked": Asked += count; return true;
            case "answered": Answered += count; return true;
            case "given-up": GivenUp += count; return true;
            case "walked-away": WalkedAway += count; return true;
            case "failed": Failed += count; return true;
            case "crossed": Crossed += count; return true;
            default: return false;
        }
    }
}

/// <summary>
/// A process full of callers. They come in bursts and wait generously, but for some who give the service a few milliseconds only,
/// and some who walk away in the middle. Ends at the first answer that belongs to another question.
/// </summary>
public sealed class Callers(string name, int requests, Func<ILine> dial)
{
    private const int Workers = 16;
    private const int MaxBurst = 20;

    private readonly Account _account = new();
    private readonly CancellationTokenSource _crossed = new();
    private int _left = requests;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, _crossed.Token);
        var callers = Enumerable.Range(1, Workers).Select(number => new Caller(this, $"{name}-{number}", dial(), ending.Token)).ToList();
        var bursts = new Random(name[0]);
        while (Volatile.Read(ref _left) > 0 && !ending.IsCancellationRequested)
        {
            var burst = bursts.Next(1, MaxBurst);
            await Task.WhenAll(callers.Select(caller => caller.AskAsync(burst)));
        }

        foreach (var caller in callers) caller.Dispose();
        _account.Print();
        return _account.Crossed == 0 ? 0 : 1;
    }

    private void Crossed(string question, string answer)
    {
        Interlocked.Increment(ref _account.Crossed);
        Console.WriteLine($"crossing: asked '{question}', got '{answer}'");
        _crossed.Cancel();
    }

    private sealed class Caller(Callers all, string name, ILine line, CancellationToken stop) : IDisposable
    {
        private static readonly TimeSpan Generous = TimeSpan.FromSeconds(10);

        private readonly Random _random = new(name.Sum(letter => letter));
        private int _number;

        public async Task AskAsync(int questions)
        {
            for (var question = 0; question < questions && Interlocked.Decrement(ref all._left) >= 0 && !stop.IsCancellationRequested; question++)
            {
                var chance = _random.Next(100);
                var patience = chance < 5 ? TimeSpan.FromMilliseconds(_random.Next(1, 5)) : Generous;
                await AskAsync(new Question($"{name}-{++_number}", patience), walksAway: chance == 99);
            }
        }

        public void Dispose() => line.Dispose();

        private async Task AskAsync(Question question, bool walksAway)
        {
            Interlocked.Increment(ref all._account.Asked);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(walksAway ? TimeSpan.FromMilliseconds(_random.Next(1, 5)) : Generous);
            try
            {
                var answer = await line.AskAsync(question, limit.Token);
                if (answer == Device.AnswerTo(question.Text)) Interlocked.Increment(ref all._account.Answered);
                else if (answer == Front.Refusal(question.Text)) Interlocked.Increment(ref all._account.GivenUp);
                else all.Crossed(question.Text, answer);
            }
            catch (OperationCanceledException) when (walksAway || stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref all._account.WalkedAway);
            }
            catch (Exception failure) when (failure is IOException or SocketException or HttpRequestException or OperationCanceledException)
            {
                Interlocked.Increment(ref all._account.Failed);
                Console.Error.WriteLine($"trace: {question.Text} failed: {failure.Message}");
            }
        }
    }
}
