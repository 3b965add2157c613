using Spectre.Console;

namespace LifecycleAnalyzers.Demo.Output;

/// <summary>How far a piece of work is.</summary>
internal interface IProgress
{
    /// <summary>The next step begins; the one before is done.</summary>
    void Next(string step);
}

/// <summary>Works through a list and shows how far it is: bars in a terminal, a line a step in a log.</summary>
internal static class ProgressDisplay
{
    public static async Task<List<TResult>> RunAsync<TItem, TResult>(
        Terminal terminal, IReadOnlyList<(string Name, TItem Item)> work, int steps, Func<TItem, IProgress, Task<TResult>> run)
    {
        var results = new List<TResult>();
        if (terminal.Plain)
        {
            for (var i = 0; i < work.Count; i++)
            {
                results.Add(await run(work[i].Item, new Log(terminal, $"[{i + 1}/{work.Count}] {work[i].Name}")));
            }

            return results;
        }

        await terminal.Console.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var bars = work.Select(item => new Bar(context.AddTask(Markup.Escape(item.Name), autoStart: false, maxValue: steps), item.Name)).ToList();
                for (var i = 0; i < work.Count; i++)
                {
                    results.Add(await run(work[i].Item, bars[i]));
                    bars[i].Finish();
                }
            });
        return results;
    }

    private sealed class Log(Terminal terminal, string name) : IProgress
    {
        public void Next(string step) => terminal.Line($"{name}: {step}", Tone.Quiet);
    }

    private sealed class Bar(ProgressTask task, string name) : IProgress
    {
        public void Next(string step)
        {
            if (task.IsStarted) task.Increment(1);
            else task.StartTask();
            task.Description = Markup.Escape($"{name}: {step}");
        }

        public void Finish()
        {
            task.Value = task.MaxValue;
            task.Description = Markup.Escape(name);
            task.StopTask();
        }
    }
}
