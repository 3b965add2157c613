// Declarations of DotNetty, as far as the cases use them.
namespace DotNetty.Buffers
{
    public interface IByteBuffer { }
    public static class Unpooled { public static IByteBuffer CopiedBuffer(byte[] array) => throw null!; }
}

namespace DotNetty.Transport.Channels
{
    public interface IChannel
    {
        bool Open { get; }
        bool Active { get; }
        bool IsWritable { get; }
        Task WriteAndFlushAsync(object message);
        Task CloseAsync();
    }

    public interface IChannelHandlerContext
    {
        IChannel Channel { get; }
        Task WriteAndFlushAsync(object message);
        Task CloseAsync();
        IChannelHandlerContext FireChannelInactive();
        IChannelHandlerContext FireChannelWritabilityChanged();
    }

    public class ChannelHandlerAdapter
    {
        public virtual void ChannelActive(IChannelHandlerContext context) { }
        public virtual void ChannelInactive(IChannelHandlerContext context) { }
        public virtual void ChannelRead(IChannelHandlerContext context, object message) { }
        public virtual void ChannelWritabilityChanged(IChannelHandlerContext context) { }
    }
}
