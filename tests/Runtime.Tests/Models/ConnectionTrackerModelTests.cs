namespace LifecycleAnalyzers.Runtime.Tests.Models;

public sealed class ConnectionTrackerModelTests
{
    [Fact]
    public void A_tracker_counts_like_a_list() => Scripts.Check(5, static script =>
    {
        var tracker = new ConnectionTracker();
        var tracked = new List<TrackedConnection<object>>();
        var model = new List<TrackedState>();
        var opened = 0L;
        var failed = 0L;
        foreach (var (operation, choice) in script)
        {
            var i = tracked.Count == 0 ? -1 : choice % tracked.Count;
            switch (operation)
            {
                case 0:
                    var first = choice % 2 == 0 ? TrackedState.Open : TrackedState.Connecting;
                    tracked.Add(tracker.Track(new object(), first));
                    model.Add(first);
                    opened += first == TrackedState.Open ? 1 : 0;
                    break;
                case 1 or 2 when i >= 0:
                    var next = (TrackedState)(choice / 10 % 6);
                    var allowed = model[i] < TrackedState.Closed && next > model[i]
                        && !(model[i] == TrackedState.Connecting && (next is TrackedState.HalfClosed or TrackedState.Closing));
                    Assert.Equal(allowed, tracked[i].TryMoveTo(next));
                    if (allowed)
                    {
                        Move(i, next);
                    }

                    break;
                case 3 when i >= 0:
                    tracked[i].Dispose();
                    if (model[i] < TrackedState.Closed)
                    {
                        Move(i, TrackedState.Closed);
                    }

                    break;
                case 4 when i >= 0:
                    Assert.Equal(model[i] < TrackedState.Closed, tracked[i].Fail(new IOException()));
                    if (model[i] < TrackedState.Closed)
                    {
                        Move(i, TrackedState.Faulted);
                    }

                    break;
            }

            Assert.Equal(model.Count(static s => s is TrackedState.Open or TrackedState.HalfClosed or TrackedState.Closing), tracker.Open);
            Assert.Equal(model.Count(static s => s == TrackedState.Connecting), tracker.Connecting);
            Assert.Equal((opened, failed), (tracker.TotalOpened, tracker.TotalFailedConnects));
            Assert.Equal(model, tracked.ConvertAll(static t => t.State));
            Assert.Equal(
                model.Select(static (s, n) => (n + 1L, s)).Where(static m => m.s < TrackedState.Closed), tracker.GetSnapshot().Select(static c => (c.Id, c.State)));
        }

        GC.KeepAlive(tracked);

        void Move(int i, TrackedState next)
        {
            opened += next == TrackedState.Open ? 1 : 0;
            failed += model[i] == TrackedState.Connecting && next >= TrackedState.Closed ? 1 : 0;
            model[i] = next;
        }
    });
}
