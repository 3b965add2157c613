namespace LifecycleAnalyzers.Runtime.Tests.Models;

public sealed class TrackedEntriesModelTests
{
    [Fact]
    public void Entries_are_used_by_one_at_a_time_and_all_of_them_listed() => Scripts.Check(
        5,
        static script =>
        {
            var entries = new TrackedEntries();
            var used = new List<TrackedEntry>();
            var removed = new List<TrackedEntry>();
            var ids = 0L;
            foreach (var (operation, choice) in script)
            {
                switch (operation)
                {
                    // More than are kept as spares, now and then.
                    case 0 or 1:
                        for (var i = 0; i < (choice == 0 ? 300 : choice % 4); i++)
                        {
                            var entry = entries.Take();
                            Assert.Equal(0, entry.Id);
                            Assert.DoesNotContain(entry, used);
                            Assert.DoesNotContain(entry, removed);
                            entry.Begin(++ids, TrackedState.Open, typeof(object), null, null, default, 0);
                            used.Add(entry);
                        }

                        break;
                    case 2:
                        for (var i = 0; i < (choice == 0 ? 300 : choice % 4) && used.Count > 0; i++)
                        {
                            entries.GiveBack(Out(used, choice));
                        }

                        break;
                    case 3 when used.Count > 0:
                        removed.Add(Out(used, choice));
                        entries.Remove(removed[^1]);
                        break;
                    case 4 when removed.Count > 0:
                        entries.Keep(Out(removed, choice));
                        break;
                }

                Assert.Equal(used.Count, entries.Count);
                Assert.Equal(used.Select(static e => e.Id), Enumerable.Range(0, entries.Count).Select(i => entries[i].Id).Order());
            }
        });

    private static TrackedEntry Out(List<TrackedEntry> entries, int choice)
    {
        var entry = entries[choice % entries.Count];
        entries.Remove(entry);
        return entry;
    }
}
