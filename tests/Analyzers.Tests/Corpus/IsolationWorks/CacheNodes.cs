// A client for cache nodes (text protocol), grown over the years: pooled sockets, command objects, and the old synchronous store.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Works.Isolation.CacheNodes
{
    /// <summary>Disposing puts it back on its shelf, unless it was destroyed.</summary>
    public sealed class PooledSocket : IDisposable
    {
        private readonly Socket _socket;
        private readonly SocketShelf _shelf;
        private bool _destroyed;

        internal PooledSocket(Socket socket, SocketShelf shelf)
        {
            _socket = socket;
            _shelf = shelf;
        }

        public bool IsAlive => !_destroyed && !_socket.Poll(0, SelectMode.SelectRead);

        public async Task SendAsync(string line, CancellationToken ct)
        {
            var bytes = Encoding.ASCII.GetBytes(line + "\r\n");
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await _socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None, ct);
            }
        }

        public async Task<string> ReceiveLineAsync(CancellationToken ct)
        {
            var line = new StringBuilder();
            var one = new byte[1];
            while (line.Length < 2 || line[^1] != '\n')
            {
                if (await _socket.ReceiveAsync(one.AsMemory(), SocketFlags.None, ct) == 0) throw new EndOfStreamException();
                line.Append((char)one[0]);
            }

            return line.ToString(0, line.Length - 2);
        }

        public void Destroy()
        {
            _destroyed = true;
            _socket.Dispose();
        }

        public void Dispose()
        {
            if (!_destroyed) _shelf.PutBack(this);
        }
    }

    public sealed class SocketShelf
    {
        private readonly ConcurrentStack<PooledSocket> _free = new();
        private readonly IPEndPoint _node;

        public SocketShelf(IPEndPoint node) => _node = node;

        public async Task<PooledSocket> TakeAsync(CancellationToken ct)
        {
            while (_free.TryPop(out var pooled))
            {
                if (pooled.IsAlive) return pooled;
                pooled.Destroy();
            }

            var socket = new Socket(_node.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(_node, ct);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            return new PooledSocket(socket, this);
        }

        internal void PutBack(PooledSocket socket) => _free.Push(socket);
    }

    public sealed class NodeClient
    {
        private readonly SocketShelf _shelf;

        public NodeClient(SocketShelf shelf) => _shelf = shelf;

        public async Task<string?> GetAsync(string key, CancellationToken ct)
        {
            using var socket = await _shelf.TakeAsync(ct); //! LCA4001
            await socket.SendAsync("get " + key, ct);
            var header = await socket.ReceiveLineAsync(ct);
            if (header == "END") return null;
            var value = await socket.ReceiveLineAsync(ct);
            await socket.ReceiveLineAsync(ct);
            return value;
        }

        // ok LCA4001: destroyed before the dispose that would put it back
        public async Task<string?> GetOrDestroyAsync(string key, CancellationToken ct)
        {
            using var socket = await _shelf.TakeAsync(ct);
            try
            {
                await socket.SendAsync("get " + key, ct);
                var header = await socket.ReceiveLineAsync(ct);
                if (header == "END") return null;
                var value = await socket.ReceiveLineAsync(ct);
                await socket.ReceiveLineAsync(ct);
                return value;
            }
            catch
            {
                socket.Destroy();
                throw;
            }
        }

        public async Task<bool> DeleteAsync(string key, TimeSpan limit)
        {
            using var cts = new CancellationTokenSource(limit);
            using (var socket = await _shelf.TakeAsync(cts.Token)) //! LCA4001
            {
                try
                {
                    await socket.SendAsync("delete " + key, cts.Token);
                    return await socket.ReceiveLineAsync(cts.Token) == "DELETED";
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
            }
        }
    }

    /// <summary>The frame of every command; what it writes and reads, the derived ones know.</summary>
    public abstract class NodeCommand<TResult>
    {
        private readonly SocketShelf _shelf;

        protected NodeCommand(SocketShelf shelf) => _shelf = shelf;

        public async Task<TResult> RunAsync(CancellationToken ct)
        {
            var socket = await _shelf.TakeAsync(ct);
            try
            {
                await WriteRequestAsync(socket, ct);
                return await ReadReplyAsync(socket, ct);
            }
            finally
            {
                _shelf.PutBack(socket); //! LCA4001
            }
        }

        // ok LCA4001: the same frame with an end for what did not finish
        public async Task<TResult> RunOrDestroyAsync(CancellationToken ct)
        {
            var socket = await _shelf.TakeAsync(ct);
            TResult result;
            try
            {
                await WriteRequestAsync(socket, ct);
                result = await ReadReplyAsync(socket, ct);
            }
            catch (Exception)
            {
                socket.Destroy();
                throw;
            }

            _shelf.PutBack(socket);
            return result;
        }

        protected abstract Task WriteRequestAsync(PooledSocket socket, CancellationToken ct);

        protected abstract Task<TResult> ReadReplyAsync(PooledSocket socket, CancellationToken ct);
    }

    public sealed class IncrementCommand : NodeCommand<long>
    {
        private readonly string _key;
        private readonly long _by;

        public IncrementCommand(SocketShelf shelf, string key, long by) : base(shelf)
        {
            _key = key;
            _by = by;
        }

        protected override Task WriteRequestAsync(PooledSocket socket, CancellationToken ct) => socket.SendAsync($"incr {_key} {_by}", ct);

        protected override async Task<long> ReadReplyAsync(PooledSocket socket, CancellationToken ct) => long.Parse(await socket.ReceiveLineAsync(ct));
    }

    /// <summary>Synchronous, with receive timeouts, from the days before tasks.</summary>
    public sealed class SessionStateStore
    {
        private readonly Stack<Socket> _idle = new Stack<Socket>();
        private readonly IPEndPoint _node;

        public SessionStateStore(IPEndPoint node) => _node = node;

        public byte[]? Load(string id)
        {
            var socket = Acquire();
            try
            {
                socket.Send(Encoding.ASCII.GetBytes("load " + id + "\r\n"));
                var state = ReadFrame(socket);
                Release(socket);
                return state;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
            {
                Release(socket); //! LCA4001
                return null;
            }
            catch
            {
                socket.Close();
                throw;
            }
        }

        // ok LCA4001: a socket that timed out is closed like any other failed one
        public byte[]? LoadOrClose(string id)
        {
            var socket = Acquire();
            try
            {
                socket.Send(Encoding.ASCII.GetBytes("load " + id + "\r\n"));
                var state = ReadFrame(socket);
                Release(socket);
                return state;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
            {
                socket.Close();
                return null;
            }
            catch
            {
                socket.Close();
                throw;
            }
        }

        public DateTime Touch(string id)
        {
            Socket socket = Acquire();
            try
            {
                socket.Send(Encoding.ASCII.GetBytes("touch " + id + "\r\n"));
                byte[] ticks = ReadFrame(socket);
                return new DateTime(BitConverter.ToInt64(ticks, 0), DateTimeKind.Utc);
            }
            finally
            {
                Release(socket); //! LCA4001
            }
        }

        private Socket Acquire()
        {
            lock (_idle)
            {
                while (_idle.Count > 0)
                {
                    var idle = _idle.Pop();
                    if (!idle.Poll(0, SelectMode.SelectRead)) return idle;
                    idle.Close();
                }
            }

            var socket = new Socket(_node.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 1500, SendTimeout = 1500 };
            try
            {
                socket.Connect(_node);
                return socket;
            }
            catch
            {
                socket.Close();
                throw;
            }
        }

        private void Release(Socket socket)
        {
            lock (_idle) _idle.Push(socket);
        }

        private static byte[] ReadFrame(Socket socket)
        {
            var length = new byte[4];
            Fill(socket, length);
            var body = new byte[BitConverter.ToInt32(length, 0)];
            Fill(socket, body);
            return body;

            static void Fill(Socket from, byte[] target)
            {
                for (var n = 0; n < target.Length;)
                {
                    var got = from.Receive(target, n, target.Length - n, SocketFlags.None);
                    if (got == 0) throw new EndOfStreamException();
                    n += got;
                }
            }
        }
    }
}
