// The link between a scale and its till, and the desks that hold such links.
namespace Ways.Scales;

public readonly record struct TillAddress(string Host, int Port);

public sealed class TillLink(TillAddress address) : IAsyncDisposable
{
    public event EventHandler<string>? Faulted;

    public TillAddress Address { get; } = address;

    public bool IsOpen { get; private set; }

    public async Task OpenAsync(CancellationToken cancel)
    {
        await Task.Delay(1, cancel);
        IsOpen = true;
    }

    public Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        if (IsOpen is false) Faulted?.Invoke(this, "closed");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsOpen = false;
        return default;
    }
}

public static class TillDesk
{
    private static readonly List<TillLink> Links = [];

    public static void Keep(TillLink link) => Links.Add(link);
}

/// <summary>None of its members ever asks the link how it ended.</summary>
public sealed class DeafDesk(TillAddress address) : IAsyncDisposable
{
    private readonly TillLink _link = new(address);

    public Task StartAsync(CancellationToken cancel) => _link.OpenAsync(cancel); //! LCA1001

    public Task ShowAsync(string text, CancellationToken cancel) => _link.SendAsync(System.Text.Encoding.ASCII.GetBytes(text), cancel);

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}

/// <summary>The handler is attached by the base class, where every desk inherits it.</summary>
public abstract class ListeningDesk : IAsyncDisposable
{
    protected ListeningDesk(TillLink link)
    {
        Link = link;
        Link.Faulted += OnFaulted;
    }

    protected TillLink Link { get; }

    protected abstract void OnFaulted(object? sender, string reason);

    public ValueTask DisposeAsync() => Link.DisposeAsync();
}

public sealed class MainDesk(TillAddress address) : ListeningDesk(new TillLink(address))
{
    public int Faults { get; private set; }

    public Task StartAsync(CancellationToken cancel) => Link.OpenAsync(cancel);

    protected override void OnFaulted(object? sender, string reason) => Faults++;
}

public sealed class OptionsDesk
{
    public required TillAddress Address { get; init; }

    public Action<string>? OnFault { get; init; }

    public async Task<TillLink> OpenAsync(CancellationToken cancel)
    {
        var link = new TillLink(Address);
        await link.OpenAsync(cancel); //! LCA1001
        if (OnFault is { } report) link.Faulted += (_, reason) => report(reason);
        return link;
    }

    public async Task<TillLink> OpenListeningAsync(CancellationToken cancel)
    {
        var link = Listen(new TillLink(Address));
        await link.OpenAsync(cancel);
        return link;

        TillLink Listen(TillLink fresh)
        {
            fresh.Faulted += (_, reason) => OnFault?.Invoke(reason);
            return fresh;
        }
    }
}

public static class TillLinkExtensions
{
    public static TillLink WithReport(this TillLink link, Action<string> report)
    {
        link.Faulted += (_, reason) => report(reason);
        return link;
    }

    public static async Task<TillLink> OpenReportingAsync(TillAddress address, Action<string> report, CancellationToken cancel)
    {
        var link = new TillLink(address).WithReport(report);
        await link.OpenAsync(cancel);
        return link;
    }

    public static async Task<TillLink> OpenThenReportAsync(TillAddress address, Action<string> report, CancellationToken cancel)
    {
        var link = new TillLink(address);
        await link.OpenAsync(cancel); //! LCA1001
        return link.WithReport(report);
    }
}
