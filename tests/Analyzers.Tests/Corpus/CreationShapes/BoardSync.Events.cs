using Microsoft.Extensions.Logging;

namespace Shapes.Creation.BoardSync;

public abstract partial class BoardClient
{
    protected void Watch() => Hub.Closed += OnClosed;

    private Task OnClosed(Exception? error)
    {
        Log.LogWarning(error, "board lost");
        return Task.CompletedTask;
    }
}

public sealed partial class CardClient
{
    private void AttachCards() => _cards.Closed += Report;

    private void AttachComments() => _comments!.Closed += Report;

    private Task Report(Exception? error)
    {
        log.LogWarning(error, "cards lost");
        return Task.CompletedTask;
    }
}
