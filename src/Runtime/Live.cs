namespace LifecycleAnalyzers.Runtime;

/// <summary>All instances that a gauge has to be asked for; it keeps none of them from being collected.</summary>
internal sealed class Live<T>
    where T : class
{
    private readonly List<WeakReference<T>> _references = [];

    public void Add(T instance)
    {
        lock (_references)
        {
            _references.RemoveAll(static r => !r.TryGetTarget(out _));
            _references.Add(new WeakReference<T>(instance));
        }
    }

    public void Remove(T instance)
    {
        lock (_references)
        {
            _references.RemoveAll(r => !r.TryGetTarget(out var other) || ReferenceEquals(other, instance));
        }
    }

    public List<T> All()
    {
        var all = new List<T>();
        lock (_references)
        {
            foreach (var reference in _references)
            {
                if (reference.TryGetTarget(out var instance))
                {
                    all.Add(instance);
                }
            }
        }

        return all;
    }
}
