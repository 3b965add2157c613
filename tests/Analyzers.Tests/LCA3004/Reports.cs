namespace LifecycleAnalyzers.Tests.LCA3004;

/// <summary>Taken out of a pool, and nobody asks.</summary>
public class Reports
{
    internal static string Pool(string body, string members = "", string result = "Task") => $$"""
        using System.Threading.Channels;

        class Holder
        {
            private readonly ConcurrentBag<IWireSession> _bag = [];
            private readonly ConcurrentQueue<IWireSession> _queue = new();
            private readonly Stack<IWireSession> _stack = new();
            private readonly Channel<IWireSession> _channel = Channel.CreateUnbounded<IWireSession>();
            private readonly ConcurrentDictionary<string, ConcurrentStack<IWireSession>> _byHost = new();
            private readonly ConcurrentBag<(IWireSession Session, long Since)> _aged = [];
            private readonly List<IWireSession> _list = [];
            private readonly LinkedList<IWireSession> _chain = new();
            private readonly object _sync = new();
            private readonly Dictionary<string, HostState> _states = [];

            public async {{result}} Use(string text) { await Task.CompletedTask; {{body}} }
            public void Return(IWireSession s) => _bag.Add(s);
            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
            private static bool Fine(IWireSession s) => s.State == WireState.Open;
            {{members}}
            private Queue<IWireSession> Of(string host) => _states[host].Idle;
        }

        class HostState { public Queue<IWireSession> Idle { get; } = new(); }
        """;

    [Theory]
    // Every kind of collection
    [InlineData("if (!{|LCA3004:_bag.TryTake(out var s)|}) s = Connect(); s.Send(text); _bag.Add(s);")]
    [InlineData("if (!{|LCA3004:_queue.TryDequeue(out var s)|}) s = Connect(); s.Send(text); _queue.Enqueue(s);")]
    [InlineData("IWireSession s; lock (_sync) s = _stack.Count > 0 ? {|LCA3004:_stack.Pop()|} : Connect(); s.Send(text); lock (_sync) _stack.Push(s);")]
    [InlineData("var s = await {|LCA3004:_channel.Reader.ReadAsync()|}; await s.SendAsync(text); _channel.Writer.TryWrite(s);")]
    [InlineData("if (!{|LCA3004:_channel.Reader.TryRead(out var s)|}) s = Connect(); s.Send(text); await _channel.Writer.WriteAsync(s);")]
    [InlineData("var stack = _byHost.GetOrAdd(text, _ => new()); if (!{|LCA3004:stack.TryPop(out var s)|}) s = Connect(); s.Send(text); stack.Push(s);")]
    [InlineData("var state = _states[text]; if (!{|LCA3004:state.Idle.TryDequeue(out var s)|}) s = Connect(); s.Send(text); state.Idle.Enqueue(s);")]
    [InlineData("var queue = Of(text); if (!{|LCA3004:queue.TryDequeue(out var s)|}) s = Connect(); s.Send(text); queue.Enqueue(s);")]
    [InlineData("if ({|LCA3004:_aged.TryTake(out var e)|}) { e.Session.Send(text); _aged.Add(e); }")]
    [InlineData("IWireSession? s = null; lock (_sync) if (_list.Count > 0) { s = {|LCA3004:_list[^1]|}; _list.RemoveAt(_list.Count - 1); } s ??= Connect(); s.Send(text); lock (_sync) _list.Add(s);")]
    [InlineData("IWireSession? s; lock (_sync) { s = {|LCA3004:_list.FirstOrDefault()|}; if (s != null) _list.Remove(s); } s ??= Connect(); s.Send(text); lock (_sync) _list.Insert(0, s);")]
    [InlineData("var s = Connect(); if (_chain.Count > 0) { s = {|LCA3004:_chain.First!.Value|}; _chain.RemoveFirst(); } s.Send(text); _chain.AddLast(s);")]
    // Checks that do not decide about this one, or come too late
    [InlineData("if (!{|LCA3004:_bag.TryTake(out var s)|}) s = Connect(); s.Send(text); if (s.IsOpen) _bag.Add(s);")]
    [InlineData("if ({|LCA3004:_aged.TryTake(out var e)|} && Environment.TickCount64 - e.Since < 1000) { e.Session.Send(text); _aged.Add((e.Session, Environment.TickCount64)); }")]
    [InlineData("if ({|LCA3004:_bag.TryTake(out var s)|}) { Console.WriteLine(s.IsOpen); s.Send(text); _bag.Add(s); }")]
    [InlineData("{|LCA3004:_bag.TryTake(out var s)|}; if (s != null) { s.Send(text); _bag.Add(s); }")]
    [InlineData("if ({|LCA3004:_bag.TryTake(out var s)|}) try { s.Send(text); _bag.Add(s); } catch (IOException) { s.Close(); throw; }")]
    // Passed on
    [InlineData("if (!{|LCA3004:_bag.TryTake(out var s)|}) s = Connect(); Tell(s, text); _bag.Add(s);", "static void Tell(IWireSession s, string t) => s.Send(t);")]
    [InlineData("return {|LCA3004:_bag.TryTake(out var s)|} ? s : Connect();", "", "Task<IWireSession>")]
    [InlineData("if ({|LCA3004:_bag.TryTake(out var s)|}) return new Lease(this, s); return new Lease(this, Connect());", "public class Lease(Holder h, IWireSession s) { public IWireSession Session => s; public void Done() => h.Return(s); }", "Task<Holder.Lease>")]
    // A private helper, and a caller that forgets to ask
    [InlineData("var s = await TakeAsync(); s.Send(text);", "private Task<IWireSession> TakeAsync() => {|LCA3004:_bag.TryTake(out var s)|} ? Task.FromResult(s) : Task.Run(Connect);")]
    [InlineData("var s = Take(); if (s is null || !Fine(s)) s = Connect(); s.Send(text); var u = Take() ?? Connect(); u.Send(text);", "private IWireSession? Take() => {|LCA3004:_bag.TryTake(out var s)|} ? s : null;")]
    public Task It_is_used_as_it_is(string body, string members = "", string result = "Task") => Case.HoldsAsync(Pool(body, members, result));

    [Fact]
    public Task The_message_names_the_taking_and_the_pool() => Case.HoldsAsync(
        Pool("if (!{|#0:_bag.TryTake(out var s)|}) s = Connect(); s.Send(text); _bag.Add(s);"),
        Case.Diagnostic("LCA3004").WithLocation(0).WithMessage("'TryTake' takes a connection out of '_bag' that may have died there: ask whether it is still alive, and discard it if not"));
}
