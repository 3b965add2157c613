// A controller's axes and a cluster's slots: links in arrays and lists, filled on demand.
namespace Corpus.Reuse.ArrayLinks;

public interface IAxisLink : IDisposable
{
    bool IsReady { get; }
    void Send(int position);
    int Request(string what);
}

public sealed class Gantry(Func<int, IAxisLink> open)
{
    private readonly IAxisLink?[] _axes = new IAxisLink?[3];

    public void Move(int axis, int position)
    {
        _axes[axis] ??= open(axis);
        _axes[axis]!.Send(position); //! LCA3001
    }

    public int Position(int axis)
    {
        var link = _axes[axis];
        if (link is null) _axes[axis] = link = open(axis);
        return link.Request("position"); //! LCA3001
    }

    // ok LCA3001: a link that is not ready is opened anew
    public void MoveReady(int axis, int position)
    {
        var link = _axes[axis];
        if (link is null || !link.IsReady)
        {
            link?.Dispose();
            _axes[axis] = link = open(axis);
        }

        link.Send(position);
    }

    // ok LCA3001: the element itself is asked
    public int PositionReady(int axis) =>
        _axes[axis] is { IsReady: true } link ? link.Request("position") : (_axes[axis] = open(axis)).Request("position");

    // ok LCA3001: what fails leaves its slot
    public void Home(int axis)
    {
        var link = _axes[axis] ??= open(axis);
        try
        {
            link.Send(0);
        }
        catch (IOException)
        {
            _axes[axis] = null;
            link.Dispose();
            throw;
        }
    }
}

public sealed class SlotMap(int slots, Func<int, IAxisLink> open)
{
    private readonly List<IAxisLink?> _links = [.. new IAxisLink?[slots]];
    private readonly Lazy<IAxisLink>[] _lazy = [.. Enumerable.Range(0, slots).Select(i => new Lazy<IAxisLink>(() => open(i)))];

    public int Ask(int slot)
    {
        if (_links[slot] == null) _links[slot] = open(slot);
        return _links[slot]!.Request("state"); //! LCA3001
    }

    public int AskLazily(int slot) => _lazy[slot].Value.Request("state"); //! LCA3001

    // ok LCA3001: asked for readiness through a local of the element
    public int AskReady(int slot)
    {
        if (_links[slot] is not { IsReady: true } link)
        {
            link = open(slot);
            _links[slot] = link;
        }

        return link.Request("state");
    }
}

/// <summary>Opened in the constructor, all of them, and used as long as the rig lives.</summary>
public sealed class Rig : IDisposable
{
    private readonly IAxisLink[] _axes;

    public Rig(Func<int, IAxisLink> open, int count) => _axes = [.. Enumerable.Range(0, count).Select(open)];

    public void Move(int axis, int position) => _axes[axis].Send(position); //? LCA3001

    public void Dispose()
    {
        foreach (var axis in _axes) axis.Dispose();
    }
}
