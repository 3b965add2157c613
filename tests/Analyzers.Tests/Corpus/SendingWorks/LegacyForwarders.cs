// Terminal and capture forwarders from the APM years, kept alive for the plants that still use them.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace SendingWorks.LegacyForwarders
{
    public sealed class ConsoleForwarder
    {
        private readonly Socket _console;
        private readonly Socket _upstream;
        private readonly ILogger _log;
        private readonly byte[] _buffer = new byte[1024];

        public ConsoleForwarder(Socket console, Socket upstream, ILogger log)
        {
            _console = console;
            _upstream = upstream;
            _log = log;
        }

        public void Start()
        {
            _console.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnConsoleData, null);
        }

        private void OnConsoleData(IAsyncResult ar)
        {
            int read;
            try
            {
                read = _console.EndReceive(ar);
            }
            catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException)
            {
                _log.LogInformation(ex, "console gone");
                return;
            }

            if (read == 0) return;
            Forward(_buffer, read); //! LCA2001

            try
            {
                _console.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnConsoleData, null);
            }
            catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException)
            {
                _log.LogInformation(ex, "console gone");
            }
        }

        private void Forward(byte[] buffer, int count)
        {
            var sent = 0;
            while (sent < count)
                sent += _upstream.Send(buffer, sent, count - sent, SocketFlags.None);
        }
    }

    /// <summary>One try over the whole completion: forwarding, too, is inside.</summary>
    public sealed class GuardedConsoleForwarder
    {
        private readonly Socket _console;
        private readonly Socket _upstream;
        private readonly ILogger _log;
        private readonly byte[] _buffer = new byte[1024];

        public GuardedConsoleForwarder(Socket console, Socket upstream, ILogger log)
        {
            _console = console;
            _upstream = upstream;
            _log = log;
        }

        // ok LCA2001: both what the network and what closing throws is caught
        private void OnConsoleData(IAsyncResult ar)
        {
            try
            {
                var read = _console.EndReceive(ar);
                if (read == 0) return;
                _upstream.Send(_buffer, 0, read, SocketFlags.None);
                _console.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnConsoleData, null);
            }
            catch (SocketException ex)
            {
                _log.LogWarning(ex, "forwarding broken off");
            }
            catch (ObjectDisposedException)
            {
                _log.LogDebug("forwarder closed");
            }
        }

        public void Start() => _console.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnConsoleData, null);
    }

    public sealed class KeepAliveSender : IDisposable
    {
        private static readonly byte[] Nop = { 0xFF, 0xF1 };
        private readonly Socket _socket;
        private readonly Timer _timer;

        public KeepAliveSender(Socket socket)
        {
            _socket = socket;
            _timer = new Timer(OnTimer, null, 30000, 30000);
        }

        private void OnTimer(object? state)
        {
            if (!_socket.Connected) return; //! LCA2003
            _socket.Send(Nop);
        }

        public void Dispose()
        {
            _timer.Dispose();
            // ok LCA2003: decides about closing alone
            if (_socket.Connected) _socket.Shutdown(SocketShutdown.Both);
            _socket.Dispose();
        }
    }

    public sealed class CaptureReader
    {
        private readonly TcpClient _client;
        private readonly ILogger _log;

        public CaptureReader(TcpClient client, ILogger log)
        {
            _client = client;
            _log = log;
        }

        // ok LCA2003: handed on by a property
        public bool IsUp => _client.Connected;

        public async Task CopyToAsync(FileStream capture, CancellationToken ct)
        {
            var buffer = new byte[8192];
            while (_client.Connected) //! LCA2003
            {
                var n = await _client.GetStream().ReadAsync(buffer, 0, buffer.Length, ct);
                if (n == 0) break;
                await capture.WriteAsync(buffer, 0, n, ct);
            }
        }

        // ok LCA2003: the end of the stream ends the loop; Connected is only logged
        public async Task CopyToEndAsync(FileStream capture, CancellationToken ct)
        {
            var buffer = new byte[8192];
            int n;
            while ((n = await _client.GetStream().ReadAsync(buffer, 0, buffer.Length, ct)) > 0)
                await capture.WriteAsync(buffer, 0, n, ct);
            _log.LogInformation("capture ended, connected: {Connected}", _client.Connected);
        }

        public void DiscardInput()
        {
            var stream = _client.GetStream();
            var waste = new byte[256];
            do
            {
                if (!stream.DataAvailable) break;
                if (stream.Read(waste, 0, waste.Length) == 0) break;
            }
            while (_client.Client.Connected); //! LCA2003
        }
    }

    public sealed class DisplayWall
    {
        private readonly List<TcpClient> _displays;
        private readonly ILogger _log;

        public DisplayWall(List<TcpClient> displays, ILogger log)
        {
            _displays = displays;
            _log = log;
        }

        // ok LCA2003: counted for the health page
        public int Up => _displays.Count(d => d.Connected);

        public void Show(string text)
        {
            var bytes = Encoding.Latin1.GetBytes(text + "\r\n");
            foreach (var display in _displays)
            {
                if (display is not { Connected: true }) continue; //! LCA2003
                display.Client.Send(bytes);
            }
        }

        public int Clear(byte[] form)
        {
            var sent = 0;
            foreach (var display in _displays)
            {
                var up = display.Connected; //! LCA2003
                if (up) sent += display.Client.Send(form);
            }
            return sent;
        }

        public static bool Beep(TcpClient display) => display.Connected && display.Client.Send(new byte[] { 7 }) == 1; //! LCA2003

        // ok LCA2003: only the send itself tells, and its failure is reported
        public void Scroll(byte[] line)
        {
            foreach (var display in _displays)
            {
                try
                {
                    display.Client.Send(line);
                }
                catch (SocketException ex)
                {
                    _log.LogWarning(ex, "display not scrolled");
                }
            }
        }

        // ok LCA2003: an assertion, and the table of the service page
        public IEnumerable<string> Describe()
        {
            foreach (var display in _displays)
            {
                Debug.Assert(display.Client.Connected, "displays are connected by the loader");
                yield return $"{display.Client.RemoteEndPoint}: {display.Connected}";
            }
        }

        // ok LCA2003: what is down is closed, nothing else
        public void Prune()
        {
            foreach (var display in _displays.ToList())
                if (!display.Connected) display.Close();
        }
    }

    public sealed class IdleTerminals
    {
        private readonly ConcurrentStack<TcpClient> _idle = new();

        public TcpClient? TryRent()
        {
            while (_idle.TryPop(out var client))
            {
                if (client.Connected) return client; //! LCA2003
                client.Dispose();
            }
            return null;
        }

        // ok LCA2003: probes instead
        public TcpClient? TryRentAlive()
        {
            while (_idle.TryPop(out var client))
            {
                if (IsAlive(client.Client)) return client;
                client.Dispose();
            }
            return null;
        }

        public void Return(TcpClient client) => _idle.Push(client);

        private static bool IsAlive(Socket socket)
        {
            try
            {
                return !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
            }
            catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public sealed class TelemetryPump
    {
        private readonly NetworkStream _stream;
        private readonly BlockingCollection<byte[]> _frames;

        public TelemetryPump(NetworkStream stream, BlockingCollection<byte[]> frames)
        {
            _stream = stream;
            _frames = frames;
        }

        public void Run(CancellationToken ct)
        {
            for (; !ct.IsCancellationRequested && _stream.Socket.Connected;) //! LCA2003
            {
                var frame = _frames.Take(ct);
                _stream.Write(frame, 0, frame.Length); //? LCA2002
            }
        }

        // ok LCA2003: the write tells when the peer has gone
        public void RunToEnd(CancellationToken ct)
        {
            foreach (var frame in _frames.GetConsumingEnumerable(ct)) _stream.Write(frame, 0, frame.Length);
        }
    }
}
