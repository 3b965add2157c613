// Label and receipt printers: status enum, paper events, spooled jobs.
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.LabelPrinter;

public enum PrinterState { Offline, Ready, PaperOut, Closed }

public sealed class PrinterException(string message) : InvalidOperationException(message);

public sealed class ZplPrinter(Socket socket) : IDisposable
{
    public event EventHandler? PaperInserted;
    public event EventHandler? StateChanged;

    public PrinterState State { get; private set; } = PrinterState.Ready;

    public bool CanPrint => State == PrinterState.Ready;

    public void Print(string zpl)
    {
        if (State != PrinterState.Ready)
            throw new PrinterException($"printer is {State}");
        socket.Send(Encoding.ASCII.GetBytes(zpl));
    }

    public void ReportStatus(PrinterState state)
    {
        var hadPaper = State != PrinterState.PaperOut;
        State = state;
        StateChanged?.Invoke(this, EventArgs.Empty);
        if (!hadPaper && state != PrinterState.PaperOut) PaperInserted?.Invoke(this, EventArgs.Empty);
    }

    public void Dispose()
    {
        State = PrinterState.Closed;
        socket.Dispose();
    }
}

public sealed class Spooler : IDisposable
{
    private readonly ZplPrinter _printer;
    private readonly Queue<string> _jobs = new();
    private readonly Timer _retry;

    public Spooler(ZplPrinter printer)
    {
        _printer = printer;
        _printer.PaperInserted += OnPaper;
        _retry = new Timer(_ => PrintNext(), null, 5000, 5000); //! LCA2001
    }

    // ok LCA2001: called by whoever prints
    public void Enqueue(string zpl)
    {
        _jobs.Enqueue(zpl);
        PrintNext();
    }

    private void OnPaper(object? sender, EventArgs e)
    {
        while (_jobs.Count > 0)
            PrintNext(); //! LCA2001
    }

    private void PrintNext()
    {
        if (_jobs.TryDequeue(out var job)) _printer.Print(job);
    }

    public void Dispose() => _retry.Dispose();
}

public sealed class CarefulSpooler : IDisposable
{
    private readonly ZplPrinter _printer;
    private readonly Queue<string> _jobs = new();
    private readonly Timer _retry;
    private readonly ILogger _log;

    public CarefulSpooler(ZplPrinter printer, ILogger log)
    {
        (_printer, _log) = (printer, log);
        _printer.PaperInserted += OnPaper;
        _printer.StateChanged += OnStateChanged;
        _retry = new Timer(_ => PrintNext(), null, 5000, 5000);
    }

    // ok LCA2001: the loop's condition asks the printer
    private void OnPaper(object? sender, EventArgs e)
    {
        while (_printer.CanPrint && _jobs.TryDequeue(out var job)) _printer.Print(job);
    }

    // ok LCA2001: a switch expression over the state decides
    private void OnStateChanged(object? sender, EventArgs e)
    {
        var printed = _printer.State switch
        {
            PrinterState.Ready => PrintBanner("printing"),
            PrinterState.PaperOut => 0,
            _ => -1,
        };
        _log.LogInformation("{Count} banner lines", printed);
    }

    private int PrintBanner(string text)
    {
        _printer.Print($"^XA^FD{text}^FS^XZ");
        return 1;
    }

    // ok LCA2001: bails out unless the printer is ready
    private void PrintNext()
    {
        if (_printer.State is PrinterState.Offline or PrinterState.PaperOut or PrinterState.Closed) return;
        if (_jobs.TryDequeue(out var job)) _printer.Print(job);
    }

    public void Dispose() => _retry.Dispose();
}
