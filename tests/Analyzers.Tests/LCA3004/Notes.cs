namespace LifecycleAnalyzers.Tests.LCA3004;

/// <summary>What an entry of the pool writes down about itself is no question to its peer, and a failure that is answered is no second attempt.</summary>
public class Notes
{
    private static string Pool(string taken) => $$"""
        class PooledLink : IDisposable
        {
            private readonly Socket socket;
            public PooledLink(Socket socket) => this.socket = socket;
            private int _isDisposed;
            public DateTime LastUsed { get; private set; }
            public void ResetFlags() => Interlocked.Exchange(ref _isDisposed, 0);
            public void MarkUsed() { LastUsed = DateTime.UtcNow; }
            public async Task ResetAsync() { if (socket.Available > 0) await socket.ReceiveAsync(new byte[9]); }
            public void Send(byte[] bytes) => socket.Send(bytes);
            public void Dispose() => socket.Dispose();
        }

        class Answer { public PooledLink? Link; public bool Failed; }

        class Links
        {
            private readonly ConcurrentStack<PooledLink> _idle = new();
            private readonly Func<PooledLink> _open;
            private string _last = "";
            public Links(Func<PooledLink> open) => _open = open;
            public async Task<Answer> Rent()
            {
                await Task.Yield();
                var answer = new Answer();
                {{taken}}
                answer.Link = _open();
                return answer;
            }

            public void Return(PooledLink link) => _idle.Push(link);
        }
        """;

    [Theory]
    [InlineData("if ({|LCA3004:_idle.TryPop(out var one)|}) { one.ResetFlags(); answer.Link = one; return answer; }")]
    [InlineData("if ({|LCA3004:_idle.TryPop(out var one)|}) { one.MarkUsed(); one.Send([1]); answer.Link = one; return answer; }")]
    [InlineData("if ({|LCA3004:_idle.TryPop(out var one)|}) { try { one.MarkUsed(); answer.Link = one; return answer; } catch (Exception e) { _last = e.Message; return answer; } }")]
    public Task It_only_writes_down(string taken) => Case.HoldsAsync(Pool(taken));

    [Theory]
    [InlineData("if (_idle.TryPop(out var one)) { one.ResetFlags(); await one.ResetAsync(); answer.Link = one; return answer; }")]
    [InlineData("while (_idle.TryPop(out var one)) { try { one.MarkUsed(); one.Send([1]); answer.Link = one; return answer; } catch (SocketException e) { _last = e.Message; } }")]
    [InlineData("if (_idle.TryPop(out var one)) { try { one.Send([1]); answer.Link = one; return answer; } catch (SocketException) { answer = new Answer { Link = _open() }; return answer; } }")]
    public Task It_asks_or_another_is_taken(string taken) => Case.SilentAsync(Pool(taken));
}
