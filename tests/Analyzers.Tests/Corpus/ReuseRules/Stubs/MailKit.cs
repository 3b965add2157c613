// Declarations of MailKit, as far as the cases use them.
namespace MailKit
{
    public interface IMailService : IDisposable
    {
        event EventHandler<DisconnectedEventArgs>? Disconnected;
        bool IsConnected { get; }
        bool IsAuthenticated { get; }
        Task ConnectAsync(string host, int port, bool useSsl, CancellationToken cancellationToken = default);
        Task AuthenticateAsync(string userName, string password, CancellationToken cancellationToken = default);
        Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default);
        Task NoOpAsync(CancellationToken cancellationToken = default);
    }
    public class DisconnectedEventArgs : EventArgs { public bool IsRequested => throw null!; }
}

namespace MimeKit { public class MimeMessage { public string? Subject { get; set; } } }

namespace MailKit.Net.Smtp
{
    public interface ISmtpClient : MailKit.IMailService
    {
        Task<string> SendAsync(MimeKit.MimeMessage message, CancellationToken cancellationToken = default);
    }

    public class SmtpClient : ISmtpClient
    {
        public event EventHandler<MailKit.DisconnectedEventArgs>? Disconnected { add { } remove { } }
        public bool IsConnected => throw null!;
        public bool IsAuthenticated => throw null!;
        public Task ConnectAsync(string host, int port, bool useSsl, CancellationToken cancellationToken = default) => throw null!;
        public Task AuthenticateAsync(string userName, string password, CancellationToken cancellationToken = default) => throw null!;
        public Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default) => throw null!;
        public Task NoOpAsync(CancellationToken cancellationToken = default) => throw null!;
        public Task<string> SendAsync(MimeKit.MimeMessage message, CancellationToken cancellationToken = default) => throw null!;
        public void Dispose() { }
    }
}
