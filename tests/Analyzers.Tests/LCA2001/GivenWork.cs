namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>A helper that is given what to do with the connection, and asks before it does it.</summary>
public class GivenWork
{
    private static string Sender(string handler, string helper) => $$"""
        class Sender : SenderBase
        {
            private readonly Socket _socket;
            private readonly object _sync = new();
            private bool _closed;
            public Sender(Socket socket, Feed feed) { _socket = socket; feed.Ticked += (_, m) => {{handler}}; }
            {{helper}}
            public void Close() { lock (_sync) { _closed = true; _socket.Close(); } }
        }

        abstract class SenderBase
        {
            private volatile bool _disposed;
            protected void IfUsable(Action work) { if (_disposed) return; work(); }
            public void End() => _disposed = true;
        }

        class Feed { public event EventHandler<byte[]>? Ticked; public void Tick(byte[] m) => Ticked?.Invoke(this, m); }
        """;

    [Theory]
    [InlineData("Guarded(() => _socket.Send(m))", "private void Guarded(Action work) { if (_closed) return; work(); }")]
    [InlineData("Guarded(() => _socket.Send(m))", "private void Guarded(Action work) { if (!_closed) work(); }")]
    [InlineData("Guarded(() => { _socket.Send(m); })", "private void Guarded(Action work) { lock (_sync) { if (_closed) return; work(); } }")]
    [InlineData("With(s => s.Send(m))", "private void With(Action<Socket> use) { lock (_sync) { if (_closed) return; use(_socket); } }")]
    [InlineData("With(s => s.Send(m))", "private int With(Func<Socket, int> use) => _socket.Connected ? use(_socket) : 0;")]
    [InlineData("IfUsable(() => _socket.Send(m))", "")]
    public Task It_asks_before(string handler, string helper) => Case.SilentAsync(Sender(handler, helper));

    [Theory]
    [InlineData("{|LCA2001:With(s => s.Send(m))|}", "private void With(Action<Socket> use) => use(_socket);")]
    [InlineData("{|LCA2001:Guarded(() => _socket.Send(m))|}", "private void Guarded(Action work) { lock (_sync) work(); }")]
    [InlineData("{|LCA2001:Guarded(() => _socket.Send(m))|}", "private void Guarded(Action work) { work(); if (_closed) return; }")]
    public Task It_does_not(string handler, string helper) => Case.HoldsAsync(Sender(handler, helper));

    /// <summary>The helper catches what it calls, and an <c>async</c> function without a task throws later, to nobody.</summary>
    [Theory]
    [InlineData("{|LCA2001:Shielded(async () => { await Task.Yield(); _socket.Send(m); })|}", "private void Shielded(Action work) { try { work(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("{|LCA2001:Shielded(async s => { await Task.Yield(); s.Send(m); })|}", "private void Shielded(Action<Socket> work) { try { work(_socket); } catch (Exception e) { Console.WriteLine(e); } }")]
    // Nor does it hear of a task that it calls and leaves.
    [InlineData("{|LCA2001:Run(async () => { await Task.Yield(); _socket.Send(m); })|}", "private void Run(Func<Task> work) { try { _ = work(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("{|LCA2001:Run(async () => { await Task.Yield(); _socket.Send(m); })|}", "private void Run(Func<Task>? work) { try { work?.Invoke(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("{|LCA2001:Try(async () => { await Task.Yield(); return _socket.Send(m); })|}", "private T? Try<T>(Func<T> work) { try { return work(); } catch (Exception e) { Console.WriteLine(e); return default; } }")]
    public Task It_catches_too_little(string handler, string helper) => Case.HoldsAsync(Sender(handler, helper));

    [Theory]
    [InlineData("Shielded(() => _socket.Send(m))", "private void Shielded(Action work) { try { work(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("_ = ShieldedAsync(async () => { await Task.Yield(); _socket.Send(m); })", "private async Task ShieldedAsync(Func<Task> work) { try { await work(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("Shielded(async () => { try { await Task.Yield(); _socket.Send(m); } catch (Exception e) { Console.WriteLine(e); } })", "private void Shielded(Action work) { try { work(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("Try(() => _socket.Send(m))", "private T? Try<T>(Func<T> work) { try { return work(); } catch (Exception e) { Console.WriteLine(e); return default; } }")]
    [InlineData("Run(async () => { await Task.Yield(); _socket.Send(m); })", "private void Run(Func<Task> work) { try { work().GetAwaiter().GetResult(); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("Run(async () => { await Task.Yield(); _socket.Send(m); })", "private async void Run(Func<Task> work) { try { var task = work(); await task; } catch (Exception e) { Console.WriteLine(e); } }")]
    public Task It_catches(string handler, string helper) => Case.SilentAsync(Sender(handler, helper));

    /// <summary>What is kept under a key is run by the code that keeps it, which has asked.</summary>
    [Theory]
    [InlineData("{ if (_socket.Connected) _all[\"a\"](_socket, m); }")]
    [InlineData("{ if (_all.TryGetValue(\"a\", out var run)) run(_socket, m); }")]
    public Task It_is_kept_under_a_key(string handler) => Case.SilentAsync(Sender(handler, "private readonly Dictionary<string, Action<Socket, byte[]>> _all = new() { [\"a\"] = (s, m) => s.Send(m), [\"b\"] = (s, m) => s.Close() };"));

    /// <summary>What a query or a list has sorted out is sent to nobody.</summary>
    [Theory]
    [InlineData("peers.FindAll(p => p.Connected).ForEach(p => p.Send(m))")]
    [InlineData("{ foreach (var p in peers.FindAll(p => p.Connected)) p.Send(m); }")]
    [InlineData("{ foreach (var p in peers.Where(p => p.Connected)) p.Send(m); }")]
    public Task Those_that_are_found(string handler) => Case.SilentAsync(Peers(handler));

    [Theory]
    [InlineData("{ foreach (var p in peers.FindAll(p => p.NoDelay)) {|LCA2001:p.Send(m)|}; }")]
    public Task Those_that_are_found_by_something_else(string handler) => Case.HoldsAsync(Peers(handler));

    private static string Peers(string handler) => $$"""
        class Peers
        {
            public Peers(List<Socket> peers, Feed feed) => feed.Ticked += (_, m) => {{handler}};
        }

        class Feed { public event EventHandler<byte[]>? Ticked; public void Tick(byte[] m) => Ticked?.Invoke(this, m); }
        """;
}
