// Declarations of MailKit, as far as the cases use them.
namespace MimeKit
{
    public class MimeMessage { }
}

namespace MailKit
{
    public class DisconnectedEventArgs : EventArgs { }
    public interface IMailService : IDisposable
    {
        bool IsConnected { get; }
        bool IsAuthenticated { get; }
        event EventHandler<DisconnectedEventArgs> Disconnected;
        Task ConnectAsync(string host, int port, bool useSsl, CancellationToken cancellationToken = default);
        Task AuthenticateAsync(string userName, string password, CancellationToken cancellationToken = default);
        Task NoOpAsync(CancellationToken cancellationToken = default);
        Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default);
    }
}

namespace MailKit.Net.Smtp
{
    public class SmtpCommandException : Exception { }
    public class SmtpProtocolException : Exception { }
    public class SmtpClient : MailKit.IMailService
    {
        public bool IsConnected => throw null!;
        public bool IsAuthenticated => throw null!;
        public event EventHandler<MailKit.DisconnectedEventArgs>? Disconnected { add { } remove { } }
        public Task ConnectAsync(string host, int port, bool useSsl, CancellationToken cancellationToken = default) => throw null!;
        public Task AuthenticateAsync(string userName, string password, CancellationToken cancellationToken = default) => throw null!;
        public Task NoOpAsync(CancellationToken cancellationToken = default) => throw null!;
        public Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default) => throw null!;
        public Task<string> SendAsync(MimeKit.MimeMessage message, CancellationToken cancellationToken = default) => throw null!;
        public void Dispose() { }
    }
}
