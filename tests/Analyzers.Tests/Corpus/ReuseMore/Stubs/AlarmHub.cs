// Declarations of a vendor's line to an alarm centre.
namespace Acme.Alarm
{
    public enum LineState { Dialing, Established, Lost, Closed }

    public interface ICentreConnection : IDisposable, IAsyncDisposable
    {
        event EventHandler? Closed;
        LineState State { get; }
        void Send(string alarm);
        Task SendAsync(string alarm, CancellationToken ct = default);
        Task<string> ExecuteAsync(string command, CancellationToken ct = default);
        void Close();
    }

    public interface ICentreDialer
    {
        ICentreConnection Dial(string centre);
        Task<ICentreConnection> DialAsync(string centre, CancellationToken ct = default);
    }
}
