namespace Foundry.Control;

public sealed partial class FurnacePanel
{
    private double _last;

    private void OnReported(object? sender, double celsius) => _last = celsius;

    private void OnFaulted(object? sender, LinkLostEventArgs e)
    {
        var line = Interlocked.Exchange(ref _line, null);
        line?.Close();
        _ = ReopenAsync();
    }

    private async Task ReopenAsync()
    {
        try
        {
            await OpenAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"at {_last} degrees: {failure.Message}");
        }
    }
}
