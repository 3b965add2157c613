// Nobody annotated these types and their names say nothing: that a method throws unless a state holds is all there is to see.
namespace Corpus.Sending.InferredStates;

public enum Phase { Fresh, Running, Stopping, Stopped }

public class Spool(TextWriter sink)
{
    public Phase Phase { get; private set; } = Phase.Running;

    public void Append(string line)
    {
        if (Phase != Phase.Running) throw new InvalidOperationException($"spool is {Phase}");
        sink.WriteLine(line);
    }

    public void AppendAll(IEnumerable<string> lines)
    {
        foreach (var line in lines) Append(line);
    }

    public void Stop()
    {
        Phase = Phase.Stopping;
        sink.Dispose();
        Phase = Phase.Stopped;
    }
}

/// <summary>Says at its head what it requires, and its timers do not ask.</summary>
public sealed class SpoolTicker : IDisposable
{
    private readonly Timer _direct;
    private readonly Timer _through;

    public SpoolTicker(Spool spool)
    {
        _direct = new Timer(_ => spool.Append("tick"), null, 0, 1000); //? LCA2001
        _through = new Timer(_ => spool.AppendAll(["tick", "tock"]), null, 0, 1000); //? LCA2001
    }

    public void Dispose()
    {
        _direct.Dispose();
        _through.Dispose();
    }
}

public sealed class CheckedSpoolTicker : IDisposable
{
    private readonly Timer _direct;
    private readonly Timer _through;

    // ok LCA2001: both ask for the phase
    public CheckedSpoolTicker(Spool spool)
    {
        _direct = new Timer(_ =>
        {
            if (spool.Phase == Phase.Running) spool.Append("tick");
        }, null, 0, 1000);
        _through = new Timer(_ =>
        {
            if (spool is not { Phase: Phase.Running }) return;
            spool.AppendAll(["tick", "tock"]);
        }, null, 0, 1000);
    }

    public void Dispose()
    {
        _direct.Dispose();
        _through.Dispose();
    }
}

public enum WriteStatus { Writable, Closing, Closed }

/// <summary>An outlet of a message stream, in the manner of a drain queue.</summary>
public abstract class Outlet
{
    private readonly Queue<byte[]> _chunks = new();

    public WriteStatus WriteStatus { get; protected set; }

    public event EventHandler? Drain;

    public void Send(byte[] chunk)
    {
        if (WriteStatus != WriteStatus.Writable) throw new InvalidOperationException("outlet is closing");
        _chunks.Enqueue(chunk);
        Flush();
    }

    protected void Flush()
    {
        while (_chunks.TryDequeue(out var chunk)) Put(chunk);
    }

    protected void OnDrained() => Drain?.Invoke(this, EventArgs.Empty);

    protected abstract void Put(byte[] chunk);
}

public sealed class Pump
{
    private readonly Outlet _outlet;
    private readonly Queue<byte[]> _more = new();

    public Pump(Outlet outlet)
    {
        _outlet = outlet;
        _outlet.Drain += OnDrain;
    }

    private void OnDrain(object? sender, EventArgs e) => Continue(); //! LCA2001

    private void Continue()
    {
        if (_more.Count == 0) return;
        _outlet.Send(_more.Dequeue());
    }
}

public sealed class CheckedPump
{
    private readonly Outlet _outlet;
    private readonly Queue<byte[]> _more = new();

    public CheckedPump(Outlet outlet)
    {
        _outlet = outlet;
        _outlet.Drain += OnDrain;
    }

    // ok LCA2001: asked on the way
    private void OnDrain(object? sender, EventArgs e) => Continue();

    private void Continue()
    {
        if (_more.Count == 0 || _outlet.WriteStatus != WriteStatus.Writable) return;
        _outlet.Send(_more.Dequeue());
    }
}
