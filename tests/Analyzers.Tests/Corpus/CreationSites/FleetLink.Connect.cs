// A vehicle fleet's uplinks, one type over two files: here they connect.
using Acme.Venue;
using Microsoft.Extensions.Logging;
using Renci.SshNet;

namespace Unseen.Creation.Fleet;

public sealed partial class FleetLink(string host, ILogger<FleetLink> log) : IDisposable
{
    private readonly VenueSession _telemetry = new(host, 9100);
    private readonly VenueSession _commands = new(host, 9101);
    private readonly SshClient _maintenance = new(host, 22, "fleet", "secret");

    // ok LCA1001: the other file attaches it in Wire
    public async Task OpenTelemetryAsync(CancellationToken ct)
    {
        Wire();
        await _telemetry.ConnectAsync(ct);
    }

    public async Task OpenCommandsAsync(CancellationToken ct)
    {
        Wire();
        await _commands.ConnectAsync(ct); //! LCA1001
    }

    public async Task OpenMaintenanceAsync(CancellationToken ct)
    {
        await _maintenance.ConnectAsync(ct); //! LCA1001
        log.LogInformation("maintenance shell open");
        _maintenance.ErrorOccurred += OnShellError;
    }
}
