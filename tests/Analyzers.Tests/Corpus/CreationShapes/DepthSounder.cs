// Reads the echo sounders of a survey vessel: one TCP talker per transducer, in the style of Begin/End.
using System.Net;
using System.Net.Sockets;

namespace Shapes.Creation.DepthSounders;

public delegate void SoundingHandler(string transducer, byte[] frame);

public abstract class TalkerBase(string name) : IDisposable
{
    protected readonly byte[] Frame = new byte[512];
    protected string Name { get; } = name;

    public event SoundingHandler? Sounding;

    protected void Publish(int length) => Sounding?.Invoke(Name, Frame[..length]);

    /// <summary>Runs a step of a talker; what the network or closing throws ends the talker only.</summary>
    protected void Step(Action step)
    {
        try
        {
            step();
        }
        catch (SocketException e)
        {
            Lost(e);
        }
        catch (ObjectDisposedException)
        {
            // closed from the bridge while the step was waiting
        }
    }

    protected virtual void Lost(Exception reason) => Console.Error.WriteLine($"{Name}: {reason.Message}");

    public abstract void Dispose();
}

public sealed class GuardedTalker(string name) : TalkerBase(name)
{
    private readonly Socket _wire = new(SocketType.Stream, ProtocolType.Tcp);

    public void Dial(EndPoint where) => _wire.BeginConnect(where, OnDialled, null);

    // ok LCA1005: the base's Step catches both
    private void OnDialled(IAsyncResult ar) => Step(() =>
    {
        _wire.EndConnect(ar);
        _wire.BeginReceive(Frame, 0, Frame.Length, SocketFlags.None, OnHeard, null);
    });

    // ok LCA1005: the base's Step catches both
    private void OnHeard(IAsyncResult ar) => Step(() =>
    {
        var n = _wire.EndReceive(ar);
        if (n == 0) return;
        Publish(n);
        _wire.BeginReceive(Frame, 0, Frame.Length, SocketFlags.None, OnHeard, null);
    });

    public override void Dispose() => _wire.Dispose();
}

public sealed class HalfGuardedTalker(string name) : TalkerBase(name)
{
    private readonly Socket _wire = new(SocketType.Stream, ProtocolType.Tcp);

    public void Dial(EndPoint where) => _wire.BeginConnect(where, new AsyncCallback(Dialled), this);

    private static void Dialled(IAsyncResult ar)
    {
        var self = (HalfGuardedTalker)ar.AsyncState!;
        try
        {
            self._wire.EndConnect(ar); //! LCA1005
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            self.Lost(e);
            return;
        }
        self.Listen();
    }

    private void Listen()
    {
        try
        {
            _wire.BeginReceive(Frame, 0, Frame.Length, SocketFlags.None, Heard, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Lost(e);
        }
    }

    private void Heard(IAsyncResult ar)
    {
        int n;
        try
        {
            n = _wire.EndReceive(ar);
        }
        catch (SystemException e) when (e is SocketException or ObjectDisposedException)
        {
            Lost(e);
            return;
        }
        if (n > 0) Publish(n);
        Again(); //? LCA1005
    }

    private void Again() => _wire.BeginReceive(Frame, 0, Frame.Length, SocketFlags.None, Heard, null);

    public override void Dispose() => _wire.Close();
}

/// <summary>Polls sounders that speak only when asked.</summary>
public sealed class PolledTalker : TalkerBase
{
    private readonly TcpClient _wire;
    private readonly Timer _poll;
    private volatile bool _down;

    public PolledTalker(string name, TcpClient wire) : base(name)
    {
        _wire = wire;
        _poll = new Timer(Poll, null, 1000, Timeout.Infinite);
    }

    private void Poll(object? _)
    {
        if (_down) return;
        var n = _wire.GetStream().Read(Frame, 0, Frame.Length); //! LCA1005
        Publish(n);
        Rearm();
    }

    private void Rearm()
    {
        try
        {
            _poll.Change(1000, Timeout.Infinite);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    public override void Dispose()
    {
        _down = true;
        _poll.Dispose();
        _wire.Dispose();
    }
}

/// <summary>The same over a System.Timers.Timer, which swallows what a synchronous handler throws.</summary>
public sealed class LegacyPolledTalker : TalkerBase
{
    private readonly TcpClient _wire;
    private readonly System.Timers.Timer _poll = new(1000);

    public LegacyPolledTalker(string name, TcpClient wire) : base(name)
    {
        _wire = wire;
        _poll.Elapsed += OnElapsed;
        _poll.Start();
    }

    // ok LCA1005: Elapsed swallows it
    private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e) => Publish(_wire.GetStream().Read(Frame, 0, Frame.Length));

    public void ReadOften()
    {
        _poll.Elapsed += async (_, _) =>
        {
            var n = await _wire.GetStream().ReadAsync(Frame); //! LCA1005
            Publish(n);
        };
    }

    public override void Dispose()
    {
        _poll.Dispose();
        _wire.Dispose();
    }
}

public static class SounderStart
{
    // a thread's own start: an exception ends the process
    public static void Watch(TcpClient wire, SoundingHandler heard)
    {
        var buffer = new byte[128];
        new Thread(() =>
        {
            while (true)
            {
                var n = wire.GetStream().Read(buffer, 0, buffer.Length); //! LCA1005
                if (n == 0) return;
                heard("aux", buffer[..n]);
            }
        }) { IsBackground = true }.Start();
    }

    // ok LCA1005: the thread's whole work is in a try
    public static void WatchQuietly(TcpClient wire, SoundingHandler heard)
    {
        var buffer = new byte[128];
        var thread = new Thread(Run) { IsBackground = true, Name = "aux" };
        thread.Start();

        void Run()
        {
            try
            {
                for (int n; (n = wire.GetStream().Read(buffer, 0, buffer.Length)) > 0;)
                    heard("aux", buffer[..n]);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}
