// Services of an office network: alert mails, remote shells, scans to FTP, label printing over TCP.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FluentFTP;
using MailKit;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Logging;
using MimeKit;
using Renci.SshNet;

namespace SendingWorks.OfficeServices;

public sealed record Alert(string Host, string Text, int Severity);

public interface IAlertSource
{
    event EventHandler<Alert>? Raised;
    event EventHandler<Alert>? Cleared;
    event EventHandler<IReadOnlyList<Alert>>? Digest;
}

public interface ITemplate
{
    Task<MimeMessage> RenderAsync(object model, CancellationToken ct = default);
    MimeMessage Render(object model);
}

/// <summary>Keeps an SMTP connection to the smart host open; alerts go out as they come.</summary>
public sealed class AlertMailer
{
    private readonly SmtpClient _smtp;
    private readonly ITemplate _template;
    private readonly ILogger<AlertMailer> _log;

    public AlertMailer(SmtpClient smtp, IAlertSource alerts, ITemplate template, ILogger<AlertMailer> log)
    {
        _smtp = smtp;
        _template = template;
        _log = log;
        alerts.Raised += OnRaised;
        alerts.Cleared += OnCleared;
        alerts.Digest += async (_, list) => await MailDigestAsync(list);
    }

    private void OnRaised(object? sender, Alert alert)
    {
        if (alert.Severity < 3) return;
        _smtp.Send(_template.Render(alert)); //! LCA2001
    }

    // ok LCA2001: connected, or told in the log
    private void OnCleared(object? sender, Alert alert)
    {
        if (!_smtp.IsConnected)
        {
            _log.LogWarning("no mail about {Host}: not connected", alert.Host);
            return;
        }
        _smtp.Send(_template.Render(alert));
    }

    private async Task MailDigestAsync(IReadOnlyList<Alert> alerts)
    {
        if (!_smtp.IsConnected || alerts.Count == 0) return;
        var message = await _template.RenderAsync(alerts);
        await _smtp.SendAsync(message); //! LCA2002
    }

    // ok LCA2002: rendered before the question
    public async Task<bool> MailReportAsync(object report, CancellationToken ct)
    {
        var message = await _template.RenderAsync(report, ct);
        if (!_smtp.IsConnected) return false;
        await _smtp.SendAsync(message, ct);
        return true;
    }

    public async Task MailReceiptAsync(object receipt, CancellationToken ct)
    {
        var message = await _template.RenderAsync(receipt, ct);
        try
        {
            await _smtp.SendAsync(message, ct);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    // ok LCA2005: a receipt to a host that is not connected is dropped by name
    public async Task MailReceiptIfConnectedAsync(object receipt, CancellationToken ct)
    {
        var message = await _template.RenderAsync(receipt, ct);
        try
        {
            await _smtp.SendAsync(message, ct);
        }
        catch (ServiceNotConnectedException)
        {
        }
    }
}

/// <summary>Asks the servers of the rack how they are.</summary>
public sealed class UptimeProbe : IDisposable
{
    private readonly SshClient _ssh;
    private readonly ILogger<UptimeProbe> _log;
    private readonly Timer _uptime;
    private readonly Timer _disks;

    public UptimeProbe(SshClient ssh, ILogger<UptimeProbe> log)
    {
        _ssh = ssh;
        _log = log;
        _uptime = new Timer(_ => Report("uptime"), null, TimeSpan.Zero, TimeSpan.FromMinutes(1)); //! LCA2001
        // ok LCA2001: IsConnected decides
        _disks = new Timer(_ => { if (_ssh.IsConnected) Report("df -h"); }, null, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    private void Report(string command)
    {
        using var result = _ssh.RunCommand(command);
        _log.LogInformation("{Command}: {Result}", command, result.Result);
    }

    public void Dispose()
    {
        _uptime.Dispose();
        _disks.Dispose();
        _ssh.Dispose();
    }
}

/// <summary>What the scanner drops into its folder goes to the archive.</summary>
public sealed class ScanUploader
{
    private readonly AsyncFtpClient _ftp;
    private readonly ILogger _log;

    public ScanUploader(FileSystemWatcher inbox, AsyncFtpClient ftp, ILogger log)
    {
        (_ftp, _log) = (ftp, log);
        inbox.Created += OnScanned;
        inbox.Error += (_, e) => log.LogError(e.GetException(), "inbox");
    }

    // ok LCA2001 LCA2002: whatever fails is caught and the scan is kept
    private async void OnScanned(object sender, FileSystemEventArgs e)
    {
        try
        {
            var scan = await File.ReadAllBytesAsync(e.FullPath);
            if (!_ftp.IsConnected) return;
            await _ftp.UploadBytes(scan, "/scans/" + e.Name);
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "{Scan} stays in the inbox", e.Name);
        }
    }
}

/// <summary>A Zebra label printer on port 9100.</summary>
public sealed class LabelPrinter
{
    private readonly TcpClient _printer;
    private readonly object _sync = new();
    private readonly ILogger _log;

    public LabelPrinter(TcpClient printer, IObservable<string> labels, ILogger log)
    {
        _printer = printer;
        _log = log;
        labels.Subscribe(new LabelObserver(this));
    }

    // ok LCA2003: a line of the status page
    public string Status => _printer.Connected ? "on line" : "off line";

    public void Print(string label)
    {
        lock (_sync)
        {
            if (!_printer.Client.Connected) //! LCA2003
            {
                _log.LogWarning("label lost");
                return;
            }
            _printer.GetStream().Write(Encoding.ASCII.GetBytes("^XA" + label + "^XZ"));
        }
    }

    /// <summary>The printer tells by the write; the caller hears.</summary>
    public bool TryPrint(string label)
    {
        lock (_sync)
        {
            try
            {
                _printer.GetStream().Write(Encoding.ASCII.GetBytes("^XA" + label + "^XZ"));
                return true;
            }
            catch (Exception ex) when (ex is IOException or InvalidOperationException)
            {
                _log.LogWarning(ex, "label lost");
                return false;
            }
        }
    }

    private sealed class LabelObserver(LabelPrinter printer) : IObserver<string>
    {
        // ok LCA2001: TryPrint catches and answers
        public void OnNext(string value)
        {
            if (!printer.TryPrint(value)) printer._log.LogError("'{Label}' is not on paper", value);
        }

        public void OnError(Exception error) => printer._log.LogError(error, "labels");

        public void OnCompleted()
        {
        }
    }
}
