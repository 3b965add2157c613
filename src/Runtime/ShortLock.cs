using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// A lock for a few lines that call nobody: one exchange of a word takes it and a plain write leaves it, a third of what a monitor costs.
/// Who finds it taken spins for a moment and then gives up its thread. Who holds it must not take it again.
/// </summary>
internal sealed class ShortLock
{
    private int _taken;

    /// <summary>Takes it; dispose what comes back to leave it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Held Take()
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            Wait();
        }

        return new Held(this);
    }

    private void Wait()
    {
        var spin = default(SpinWait);
        do
        {
            spin.SpinOnce();
        }
        while (Volatile.Read(ref _taken) != 0 || Interlocked.Exchange(ref _taken, 1) != 0);
    }

    /// <summary>The lock, held; disposed once.</summary>
    public readonly struct Held(ShortLock taken) : IDisposable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose() => Volatile.Write(ref taken._taken, 0);
    }
}
