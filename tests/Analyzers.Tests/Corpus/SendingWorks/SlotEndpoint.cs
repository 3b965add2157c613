// Bases of the bus endpoints: the scheduler's callbacks live here, the writing is left to the derived classes.
using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace SendingWorks.SlotBus
{
    public sealed class SlotEventArgs(int slot) : EventArgs
    {
        public int Slot => slot;
    }

    public interface ISlotScheduler
    {
        event EventHandler<SlotEventArgs>? SlotOpened;
        event EventHandler? CycleEnded;
    }

    /// <summary>A station writes its process image when its slot opens.</summary>
    public abstract class SlotEndpoint
    {
        private readonly int _slot;

        protected SlotEndpoint(ISlotScheduler scheduler, int slot, ILogger log)
        {
            _slot = slot;
            Log = log;
            scheduler.SlotOpened += OnSlotOpened;
        }

        protected ILogger Log { get; }

        private void OnSlotOpened(object? sender, SlotEventArgs e)
        {
            if (e.Slot != _slot) return;
            Log.LogTrace("slot {Slot}", e.Slot);
            WriteImage(e.Slot); //! LCA2001
        }

        protected abstract void WriteImage(int slot);
    }

    /// <summary>At the end of a cycle a summary is written; every derived class asks its connection.</summary>
    public abstract class CycleEndpoint
    {
        protected CycleEndpoint(ISlotScheduler scheduler) => scheduler.CycleEnded += OnCycleEnded;

        // ok LCA2001: all overrides guard
        private void OnCycleEnded(object? sender, EventArgs e) => WriteSummary();

        protected abstract void WriteSummary();
    }

    /// <summary>Helpers over a raw socket; who calls them decides when.</summary>
    public abstract class FrameEndpoint : IDisposable
    {
        private readonly Socket _socket;
        private volatile bool _closing;

        protected FrameEndpoint(Socket socket) => _socket = socket;

        protected bool Closing => _closing;

        protected void PushFrame(ReadOnlySpan<byte> frame)
        {
            Span<byte> head = stackalloc byte[4];
            BitConverter.TryWriteBytes(head, frame.Length);
            _socket.Send(head);
            _socket.Send(frame);
        }

        protected bool TryPushFrame(ReadOnlySpan<byte> frame)
        {
            if (_closing) return false;
            PushFrame(frame);
            return true;
        }

        public void Dispose()
        {
            _closing = true;
            _socket.Dispose();
        }
    }

    public static class FrameExtensions
    {
        public static void SendTagged(this Socket socket, byte tag, ReadOnlySpan<byte> body)
        {
            var frame = new byte[body.Length + 1];
            frame[0] = tag;
            body.CopyTo(frame.AsSpan(1));
            socket.Send(frame);
        }

        public static bool TrySendTagged(this Socket socket, byte tag, ReadOnlySpan<byte> body)
        {
            try
            {
                socket.SendTagged(tag, body);
                return true;
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }
}
