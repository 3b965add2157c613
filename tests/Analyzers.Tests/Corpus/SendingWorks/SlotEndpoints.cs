// The endpoints themselves.
using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using DotNetty.Transport.Channels;
using Microsoft.Extensions.Logging;

namespace SendingWorks.SlotBus
{
    public enum BusState { Opening, Open, Closing, Closed }

    public interface IBusTransport : IDisposable
    {
        BusState State { get; }
        void Write(ReadOnlySpan<byte> frame);
    }

    public sealed class GuardedSlotEndpoint(ISlotScheduler scheduler, IBusTransport transport, ILogger log)
        : SlotEndpoint(scheduler, 3, log)
    {
        // ok LCA2001: this override asks; the report at the base names the other one
        protected override void WriteImage(int slot)
        {
            if (transport.State != BusState.Open) return;
            transport.Write([(byte)slot, 0x01]);
        }
    }

    public sealed class PlainSlotEndpoint(ISlotScheduler scheduler, IBusTransport transport, ILogger log)
        : SlotEndpoint(scheduler, 4, log)
    {
        private readonly byte[] _image = new byte[32];

        protected override void WriteImage(int slot)
        {
            _image[0] = (byte)slot;
            transport.Write(_image);
        }
    }

    public sealed class SummaryEndpoint(ISlotScheduler scheduler, IBusTransport transport) : CycleEndpoint(scheduler)
    {
        protected override void WriteSummary()
        {
            if (transport is { State: BusState.Open }) transport.Write("SUM"u8);
        }
    }

    public sealed class QuietSummaryEndpoint(ISlotScheduler scheduler, IBusTransport transport, ILogger log) : CycleEndpoint(scheduler)
    {
        protected override void WriteSummary()
        {
            try
            {
                transport.Write("QSUM"u8);
            }
            catch (Exception ex)
            {
                log.LogDebug(ex, "no summary");
            }
        }
    }

    /// <summary>Sends with what its base offers.</summary>
    public sealed class AxisEndpoint : FrameEndpoint
    {
        private readonly byte[] _target = new byte[8];

        public AxisEndpoint(Socket socket, ISlotScheduler scheduler) : base(socket)
        {
            scheduler.SlotOpened += (_, e) => PushTarget(e.Slot); //! LCA2001
            // ok LCA2001: the Try guard of the base
            scheduler.CycleEnded += (_, _) => TryPushFrame(_target);
        }

        private void PushTarget(int slot)
        {
            _target[0] = (byte)slot;
            PushFrame(_target);
        }
    }

    public sealed class SpindleEndpoint : FrameEndpoint
    {
        // ok LCA2001: the closing flag of the object that owns the socket
        public SpindleEndpoint(Socket socket, ISlotScheduler scheduler) : base(socket) =>
            scheduler.CycleEnded += (_, _) =>
            {
                if (!Closing) PushFrame("SPIN"u8);
            };
    }

    /// <summary>Which encoding is written is chosen once; the callback calls the delegate.</summary>
    public sealed class EncodedEndpoint
    {
        private readonly IBusTransport _transport;
        private readonly Action<byte[]> _write;
        private readonly Timer _timer;

        public EncodedEndpoint(IBusTransport transport, bool inverted)
        {
            _transport = transport;
            if (inverted) _write = WriteInverted;
            else _write = WritePlain;
            _timer = new Timer(OnTimer, null, 100, 100);
        }

        private void OnTimer(object? state)
        {
            var image = BitConverter.GetBytes(Environment.TickCount64);
            _write(image); //! LCA2001
        }

        private void WritePlain(byte[] image) => _transport.Write(image);

        private void WriteInverted(byte[] image)
        {
            for (var i = 0; i < image.Length; i++) image[i] = (byte)~image[i];
            _transport.Write(image);
        }

        public void Stop() => _timer.Dispose();
    }

    public sealed class CheckedEncodedEndpoint
    {
        private readonly IBusTransport _transport;
        private readonly Action<byte[]> _write;
        private readonly Timer _timer;

        public CheckedEncodedEndpoint(IBusTransport transport)
        {
            _transport = transport;
            _write = WriteIfOpen;
            // ok LCA2001: the delegate's only method asks
            _timer = new Timer(_ => _write(BitConverter.GetBytes(Environment.TickCount64)), null, 100, 100);
        }

        private void WriteIfOpen(byte[] image)
        {
            if (_transport.State == BusState.Open) _transport.Write(image);
        }

        public void Stop() => _timer.Dispose();
    }

    public sealed class DriveEndpoint
    {
        public DriveEndpoint(Socket drive, ISlotScheduler scheduler, CancellationToken stopping, ILogger log)
        {
            scheduler.SlotOpened += (_, e) => drive.SendTagged(0x20, BitConverter.GetBytes(e.Slot)); //! LCA2001
            // ok LCA2001: an extension that says whether it was sent
            scheduler.CycleEnded += (_, _) =>
            {
                if (!drive.TrySendTagged(0x21, "END"u8)) log.LogDebug("drive gone");
            };
            stopping.Register(Halt);

            void Halt()
            {
                log.LogInformation("halting the drive");
                drive.SendTagged(0x7F, "HALT"u8); //! LCA2001
            }
        }
    }

    /// <summary>A gateway's channel handler: what could not be written waits for the channel to become writable.</summary>
    public sealed class BacklogHandler(ILogger<BacklogHandler> log) : ChannelHandlerAdapter
    {
        private readonly Queue<object> _backlog = new();

        public override async void ChannelWritabilityChanged(IChannelHandlerContext context)
        {
            log.LogTrace("writability changed, {Count} waiting", _backlog.Count);
            while (_backlog.TryDequeue(out var message))
                await context.WriteAndFlushAsync(message); //! LCA2001
        }

        public override void ChannelInactive(IChannelHandlerContext context) => _backlog.Clear();
    }

    public sealed class CheckedBacklogHandler : ChannelHandlerAdapter
    {
        private readonly Queue<object> _backlog = new();

        // ok LCA2001 LCA2002: the channel is asked before each message
        public override async void ChannelWritabilityChanged(IChannelHandlerContext context)
        {
            while (context.Channel.Active && context.Channel.IsWritable && _backlog.TryDequeue(out var message))
                await context.WriteAndFlushAsync(message);
        }
    }
}
