namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The send of an asynchronous method fails in its task, and a helper is given that task.</summary>
public class WatchedTasks
{
    private static string Panel(string send, string helper) => $$"""
        class Panel(WireClient client, FileSystemWatcher watcher)
        {
            public void Start() => watcher.Changed += (_, e) => { {{send}} };
            private async Task SayAsync(string text) { await Task.Yield(); client.Send(text); }
        }

        static class Helpers { {{helper}} }
        """;

    [Theory]
    [InlineData("SayAsync(e.Name!).Report();", "public static void Report(this Task task) => task.ContinueWith(t => Console.WriteLine(t.Exception), TaskContinuationOptions.OnlyOnFaulted);")]
    [InlineData("SayAsync(e.Name!).Forget();", "public static async void Forget(this Task task) { try { await task; } catch (Exception x) { Console.WriteLine(x); } }")]
    [InlineData("Helpers.Watch(SayAsync(e.Name!), 3);", "public static void Watch(Task work, int level) { work.ContinueWith(t => { if (t.IsFaulted) Console.WriteLine(level); }); }")]
    public Task That_are_looked_at(string send, string helper) => Case.SilentAsync(Panel(send, helper));

    [Theory]
    [InlineData("{|LCA2001:SayAsync(e.Name!)|}.Keep();", "private static readonly List<Task> All = []; public static void Keep(this Task task) => All.Add(task);")]
    [InlineData("{|LCA2001:SayAsync(e.Name!)|}.Forget();", "public static async void Forget(this Task task) => await task;")]
    public Task That_are_only_passed_on(string send, string helper) => Case.HoldsAsync(Panel(send, helper));

    /// <summary>Handed on to whoever waits for the answer: for a callback that is somebody else, for a method it is its own caller.</summary>
    [Fact]
    public Task Whose_failure_is_handed_on() => Case.HoldsAsync("""
        class Panel(WireClient client, FileSystemWatcher watcher)
        {
            public Task<int> AskAsync(string text)
            {
                var answer = new TaskCompletionSource<int>();
                watcher.Created += (_, e) => { SayAsync(text).Into(answer); };
                return answer.Task;
            }

            public void Start() => watcher.Changed += async (_, e) => await {|LCA2001:TellAsync(e.Name!)|};
            private Task<int> TellAsync(string text) { var answer = new TaskCompletionSource<int>(); SayAsync(text).Into(answer); return answer.Task; }
            private async Task SayAsync(string text) { await Task.Yield(); client.Send(text); }
        }

        static class Helpers { public static void Into(this Task task, TaskCompletionSource<int> answer) => task.ContinueWith(t => { if (t.IsFaulted) answer.TrySetException(t.Exception!); }); }
        """);

    /// <summary>Beyond the depth that calls are followed to, the name of an own method says nothing.</summary>
    [Fact]
    public Task A_send_that_is_too_deep_to_be_looked_into() => Case.SilentAsync("""
        class Panel(Wire2Connection client, FileSystemWatcher watcher)
        {
            public void Start() => watcher.Changed += (_, e) => A();
            private void A() => B();
            private void B() => C();
            private void C() => D();
            private void D() => E();
            private void E() => client.Send("x");
        }

        class Wire2Connection(WireClient inner) : IDisposable
        {
            public bool IsConnected => inner.IsOpen;
            public void Send(string text) { if (!IsConnected) return; inner.Send(text); }
            public void Dispose() => inner.Dispose();
        }
        """);
}
