// A vehicle fleet's uplinks: here their events are handled.
using Microsoft.Extensions.Logging;
using Renci.SshNet.Common;

namespace Unseen.Creation.Fleet;

partial class FleetLink
{
    private int _frames;

    private void Wire()
    {
        _telemetry.Received += OnFrame;
        _telemetry.Faulted += (_, ex) => log.LogError(ex, "telemetry lost");
        _commands.Received += OnFrame;
    }

    private void OnFrame(object? sender, string frame) => Interlocked.Increment(ref _frames);

    private void OnShellError(object? sender, ExceptionEventArgs e) => log.LogError(e.Exception, "maintenance shell failed");

    public int Frames => Volatile.Read(ref _frames);

    public void Dispose()
    {
        _telemetry.Dispose();
        _commands.Dispose();
        _maintenance.Dispose();
    }
}
