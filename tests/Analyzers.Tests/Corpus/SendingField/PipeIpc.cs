// Tray application and service talk over named pipes and pipelines.
using System.Buffers;
using System.IO.Pipelines;
using System.IO.Pipes;
using System.Text;

namespace Field.Sending.PipeIpc;

public sealed class TrayPipe : IDisposable
{
    private readonly NamedPipeClientStream _pipe;
    private readonly FileSystemWatcher _watcher;
    private readonly StreamWriter _writer;

    public TrayPipe(NamedPipeClientStream pipe, string folder)
    {
        _pipe = pipe;
        _writer = new StreamWriter(pipe) { AutoFlush = true };
        _watcher = new FileSystemWatcher(folder) { EnableRaisingEvents = true }; //! LCA1001
        _watcher.Created += OnCreated;
        _watcher.Deleted += OnDeleted;
    }

    private void OnCreated(object sender, FileSystemEventArgs e)
    {
        var bytes = Encoding.UTF8.GetBytes("+" + e.Name);
        _pipe.Write(bytes, 0, bytes.Length); //! LCA2001
    }

    // ok LCA2001: the pipe is asked and the failure caught
    private void OnDeleted(object sender, FileSystemEventArgs e)
    {
        if (!_pipe.IsConnected) return;
        try
        {
            _pipe.Write(Encoding.UTF8.GetBytes("-" + e.Name));
        }
        catch (IOException)
        {
            Missed++;
        }
    }

    public int Missed { get; private set; }

    public void Dispose()
    {
        _watcher.Dispose();
        _writer.Dispose();
        _pipe.Dispose();
    }
}

public sealed class ServicePipe(NamedPipeServerStream pipe)
{
    public void WatchPower()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Say("exit"); //! LCA2001
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            if (pipe.IsConnected) Say("cancel"); // ok LCA2001: asked on the way
        };
    }

    private void Say(string word) => pipe.Write(Encoding.ASCII.GetBytes(word));

    public void SayQuietly(string word)
    {
        try
        {
            if (pipe.IsConnected) Say(word);
        }
        catch (Exception) //! LCA2005
        {
            // the tray is gone
        }
    }

    // ok LCA2005: rethrown but for one
    public void SayOnce(string word)
    {
        try
        {
            Say(word);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
        }
    }
}

// Frames over a PipeWriter from two sides at once.
public sealed class FrameWriter
{
    private readonly PipeWriter _output;
    private readonly Timer _keepAlive;

    public FrameWriter(PipeWriter output)
    {
        _output = output;
        _keepAlive = new Timer(KeepAlive, null, 5000, 5000);
    }

    private async void KeepAlive(object? state)
    {
        try
        {
            await _output.WriteAsync(new byte[] { 0 }); //! LCA2004
        }
        catch (InvalidOperationException)
        {
            await _keepAlive.DisposeAsync();
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        _output.Write(BitConverter.GetBytes(frame.Length));
        await _output.WriteAsync(frame, stop);
    }
}

public sealed class GatedFrameWriter : IAsyncDisposable
{
    private readonly PipeWriter _output;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Timer _keepAlive;

    // ok LCA2004: both sides pass the gate
    public GatedFrameWriter(PipeWriter output)
    {
        _output = output;
        _keepAlive = new Timer(async _ => await KeepAliveAsync(), null, 5000, 5000);
    }

    private async Task KeepAliveAsync()
    {
        try
        {
            await WriteAsync(new byte[] { 0 }, CancellationToken.None);
        }
        catch (Exception ex) when (ex is InvalidOperationException or ObjectDisposedException)
        {
            await _keepAlive.DisposeAsync();
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            _output.Write(BitConverter.GetBytes(frame.Length));
            await _output.WriteAsync(frame, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _keepAlive.DisposeAsync();
        await _output.CompleteAsync();
    }
}
