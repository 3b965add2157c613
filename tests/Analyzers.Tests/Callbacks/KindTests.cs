namespace LifecycleAnalyzers.Tests.Callbacks;

/// <summary>Every kind of callback, and what only looks like one.</summary>
public class KindTests
{
    [Theory]
    // Events
    [InlineData("void M() { _c.Error += Handle; }", "Handle")]
    [InlineData("void M() { _c.Error += (_, _) => { }; }", "the handler")]
    [InlineData("void M() { _c.Error += delegate { }; }", "the handler")]
    [InlineData("void M() { _c.Error += new EventHandler(Handle); }", "Handle")]
    [InlineData("void M() { _c.Error += (EventHandler)Handle; }", "Handle")]
    [InlineData("void M() { _c.Error += (Handle); }", "Handle")]
    [InlineData("void M() { _c.Error += this.Handle; }", "Handle")]
    [InlineData("void M() { _c.Error += F; void F(object? s, EventArgs e) { } }", "F")]
    [InlineData("void M() { EventHandler h = (_, _) => { }; _c.Error += h; }", "the handler")]
    [InlineData("void M() { EventHandler h = Handle; _c.Error += h; }", "Handle")]
    [InlineData("EventHandler? _h; void N() { _h = Handle; } void M() { _c.Error += _h; }", "Handle")]
    [InlineData("void M(bool b) { _c.Error += b ? Handle : static (_, _) => { }; }", "Handle, the handler")]
    [InlineData("void M() { _c.Error += async (_, _) => await Task.Yield(); }", "the handler")]
    [InlineData("static void S(object? s, EventArgs e) { } void M() { AppDomain.CurrentDomain.ProcessExit += S; }", "S")]
    [InlineData("void M() { Console.CancelKeyPress += (_, e) => { }; }", "the handler")]
    [InlineData("event Action? Own; void M() { Own += () => { }; }", "the handler")]
    [InlineData("void M() { new System.Timers.Timer().Elapsed += (_, _) => { }; }", "the handler")]
    [InlineData("void M(SocketAsyncEventArgs e) { e.Completed += Handle; }", "Handle")]
    // Timers
    [InlineData("void M() { _ = new Timer(Handle, null, 0, 1); }", "Handle")]
    [InlineData("void M() { _ = new Timer(_ => { }); }", "the handler")]
    [InlineData("Timer _t; C() { _t = new(Handle, null, 0, 1); }", "Handle")]
    [InlineData("void M() { _ = new Timer(period: 1, dueTime: 0, state: null, callback: Handle); }", "Handle")]
    [InlineData("void M() { TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.Zero); }", "the handler")]
    [InlineData("void M() { TimerCallback t = Handle; _ = new Timer(t); }", "Handle")]
    // Tokens, tasks, the pool, contexts
    [InlineData("void M(CancellationToken t) { t.Register(Handle); }", "Handle")]
    [InlineData("void M(CancellationToken t) { t.Register(() => { }); }", "the handler")]
    [InlineData("void M(CancellationToken t) { t.UnsafeRegister(static _ => { }, null); }", "the handler")]
    [InlineData("void M(Task t) { t.ContinueWith(_ => { }); }", "the handler")]
    [InlineData("void M(Task<int> t) { t.ContinueWith(t => t.Result); }", "the handler")]
    [InlineData("void M() { ThreadPool.QueueUserWorkItem(Handle); }", "Handle")]
    [InlineData("void M() { ThreadPool.UnsafeQueueUserWorkItem(_ => { }, null); }", "the handler")]
    [InlineData("void M(WaitHandle w) { ThreadPool.RegisterWaitForSingleObject(w, (_, timedOut) => { }, null, 1, true); }", "the handler")]
    [InlineData("void M(SynchronizationContext s) { s.Post(_ => { }, null); }", "the handler")]
    [InlineData("void M(Socket s) { s.BeginReceive(new byte[1], 0, 1, 0, OnRead, null); } void OnRead(IAsyncResult r) { }", "OnRead")]
    [InlineData("void M(Socket s) { s.BeginConnect(null!, new AsyncCallback(r => { }), null); }", "the handler")]
    [InlineData("void M(Stream s) { s.BeginWrite([], 0, 0, OnWritten, null); } static void OnWritten(IAsyncResult r) { }", "OnWritten")]
    [InlineData("void M() { ChangeToken.OnChange(() => new CancellationChangeToken(default), () => { }); }", "the handler, the handler")]
    // Observers
    [InlineData("class O : IObserver<int> { public void OnNext(int n) { } public void OnError(Exception e) { } public void OnCompleted() { } }", "OnNext, OnError, OnCompleted")]
    [InlineData("class O : IObserver<int> { void IObserver<int>.OnNext(int n) { } void IObserver<int>.OnError(Exception e) { } void IObserver<int>.OnCompleted() { } }", "OnNext, OnError, OnCompleted")]
    [InlineData("class W : IThreadPoolWorkItem { public void Execute() { } public void Other() { } }", "Execute")]
    [InlineData("class A : SocketAsyncEventArgs { protected override void OnCompleted(SocketAsyncEventArgs e) { } }", "OnCompleted")]
    // Callback properties of others
    [InlineData("class Peer { public Action<string>? OnMessage { get; set; } } void M(Peer p) { p.OnMessage = t => { }; }", "the handler")]
    [InlineData("class Peer { public Action<object?>? OnMessage { get; set; } } void M(Peer p) { p.OnMessage = Handle; }", "Handle")]
    [InlineData("class Peer { public Action<object?>? OnMessage; } void M() { var p = new Peer { OnMessage = Handle }; }", "Handle")]
    // Marked by the user
    [InlineData("[LifecycleAnalyzers.Runtime.ConnectionCallback] void Marked() { }", "Marked")]
    public void It_is_found(string members, string names) => Assert.Equal(names, string.Join(", ", Found.InClass(members).Names()));

    [Theory]
    [InlineData("void M() { Task.Run(Handle); Task.Run(() => { }); Task.Run(async () => await Task.Yield()); }")]
    [InlineData("void M() { Task.Factory.StartNew(Handle); new Task(() => { }).Start(); }")]
    [InlineData("void M() { new Thread(Work).Start(); new Thread(() => { }).Start(); new Thread(new ThreadStart(Work)).Start(); void Work() { } }")]
    [InlineData("void M() { Parallel.For(0, 1, _ => { }); Parallel.ForEach(new[] { 1 }, _ => { }); }")]
    [InlineData("void M() { new List<int>().ForEach(_ => { }); new[] { 1 }.Select(n => n).Where(n => n > 0).ToList(); }")]
    [InlineData("void M(SynchronizationContext s) { s.Send(_ => { }, null); }")]
    [InlineData("void M() { _c.Error -= Handle; }")]
    [InlineData("void M() { Action a = () => { }; a(); Func<int> f = () => 1; f(); }")]
    [InlineData("void M() { var lazy = new Lazy<int>(() => 1); }")]
    [InlineData("static void Run(Action a) => a(); void M() { Run(() => { }); Run(Handle); }")]
    [InlineData("int _n; void M() { _n += 1; string s = \"\"; s += \"x\"; _n = Count(); int Count() => 2; }")]
    [InlineData("class Bus { public void On(string name, int n) { } public void Post(string text) { } public void Subscribe(int n) { } } void M(Bus b) { b.On(\"\", 1); b.Post(\"\"); b.Subscribe(1); }")]
    [InlineData("class Bus { public void Post(Action a) => a(); public void Register(Action a) => a(); } void M(Bus b) { b.Post(() => { }); b.Register(Handle); }")]
    [InlineData("class O { public void OnNext(int n) { } public void OnCompleted() { } public void Execute() { } }")]
    [InlineData("void OnClosed() { } void OnError(object? s, EventArgs e) { } public override string ToString() => \"\";")]
    [InlineData("void M(Timer t) { t.Change(0, 1); new Timer(null!); }")]
    public void It_is_none(string members) => Assert.Empty(Found.InClass(members).Names());

    [Fact]
    public void Registrations_on_connections_of_packages()
    {
        var found = Found.In("""
            using Microsoft.AspNetCore.SignalR.Client;
            class C { void M(HubConnection hub) { hub.On<string>("price", p => { }); hub.On<string>("end", End); hub.Closed += async e => await Task.Yield(); } void End(string s) { } }
            """, """
            namespace Microsoft.AspNetCore.SignalR.Client
            {
                public class HubConnection { public event Func<Exception?, Task>? Closed; public Task StartAsync() => throw null!; void Raise() => Closed?.Invoke(null); }
                public static class HubConnectionExtensions { public static IDisposable On<T>(this HubConnection hub, string name, Action<T> handler) => throw null!; }
            }
            """);
        Assert.Equal(["the handler", "the handler", "End"], found.Names());
    }

    [Fact]
    public void Registrations_on_connections_by_convention()
    {
        var found = Found.In("""
            public class FeedClient { public bool IsOpen => true; public void Send(string t) { } public void Close() { } public void On(string name, Action<string> handler) { } public void Subscribe(Action handler) { } public void Configure(Action a) => a(); }
            class C { void M(FeedClient feed) { feed.On("x", t => { }); feed.Subscribe(Handle); feed.Configure(Handle2); } void Handle() { } void Handle2() { } }
            """);
        Assert.Equal(["the handler", "Handle"], found.Names());
    }

    /// <summary>It is what the other sends through, and not what it tells.</summary>
    [Fact]
    public void What_is_done_for_another_is_no_callback() =>
        Assert.Empty(Found.In("class Group { public Action<string>? PublishSink { get; set; } public Func<byte[], Task>? Sender; } class C { void M(Group g, Socket s) { g.PublishSink = t => s.Send(new byte[1]); g.Sender = b => s.SendAsync(b); } }").Names());

    [Fact]
    public void A_hub_s_overrides_are_callbacks()
    {
        var found = Found.In("""
            class ChatHub : Microsoft.AspNetCore.SignalR.Hub { public override Task OnConnectedAsync() => Task.CompletedTask; public override Task OnDisconnectedAsync(Exception? e) => Task.CompletedTask; public Task Say(string t) => Task.CompletedTask; }
            """);
        Assert.Equal(["OnConnectedAsync", "OnDisconnectedAsync"], found.Names());
        Assert.True(found.All()[0].ProvesSome);
        Assert.False(found.All()[1].ProvesSome);
    }
}
