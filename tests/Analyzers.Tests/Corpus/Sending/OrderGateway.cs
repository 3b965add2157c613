// A FIX-like order gateway over TLS: heartbeats, test requests, risk events.
using System.Net.Security;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.OrderGateway;

public enum SessionStatus { LoggingOn, Active, LoggingOut, Closed }

public sealed class RiskEngine
{
    public event Action<string>? LimitBreached;

    public void Breach(string account) => LimitBreached?.Invoke(account);
}

public class OrderSession : IDisposable
{
    private readonly SslStream _tls;
    private readonly System.Timers.Timer _beat = new(30_000);
    private int _sequence;
    protected volatile SessionStatus Current = SessionStatus.LoggingOn;

    public OrderSession(SslStream tls, RiskEngine risk)
    {
        _tls = tls;
        _beat.Elapsed += OnBeat;
        risk.LimitBreached += CancelAll;
    }

    public SessionStatus Status => Current;

    // ok LCA2001: the trader's own call
    public void SendOrder(string order) => Write('D', order);

    public void Logon()
    {
        Write('A', "98=0|108=30");
        Current = SessionStatus.Active;
        _beat.Start();
    }

    private void OnBeat(object? sender, System.Timers.ElapsedEventArgs e)
    {
        Write('0', ""); //! LCA2001
    }

    private void CancelAll(string account)
    {
        // asks whether it is closed and then writes in just that case
        if (Current == SessionStatus.Closed)
            Write('q', account); //! LCA2001
    }

    private void Write(char type, string body)
    {
        var number = Interlocked.Increment(ref _sequence);
        _tls.Write(Encoding.ASCII.GetBytes($"35={type}|34={number}|{body}|"));
    }

    public void Close()
    {
        Current = SessionStatus.LoggingOut;
        _beat.Stop();
        _tls.Dispose();
        Current = SessionStatus.Closed;
    }

    public void Dispose() => Close();
}

public sealed class GuardedOrderSession : IDisposable
{
    private readonly SslStream _tls;
    private readonly System.Timers.Timer _beat = new(30_000);
    private readonly ILogger _log;
    private volatile SessionStatus _status = SessionStatus.LoggingOn;

    public GuardedOrderSession(SslStream tls, RiskEngine risk, ILogger log)
    {
        (_tls, _log) = (tls, log);
        _beat.Elapsed += OnBeat;
        risk.LimitBreached += CancelAll;
    }

    // ok LCA2001: the session's own status on the object that owns the stream
    private void OnBeat(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (_status != SessionStatus.Active) return;
        Write('0', "");
    }

    // ok LCA2001: a switch over the status
    private void CancelAll(string account)
    {
        switch (_status)
        {
            case SessionStatus.Active:
                Write('q', account);
                break;
            case SessionStatus.LoggingOn:
                _log.LogWarning("limit breached before logon: {Account}", account);
                break;
            default:
                _log.LogWarning("limit breached after logout: {Account}", account);
                return;
        }
    }

    private void Write(char type, string body) => _tls.Write(Encoding.ASCII.GetBytes($"35={type}|{body}|"));

    public void Logon()
    {
        Write('A', "98=0|108=30");
        _status = SessionStatus.Active;
        _beat.Start();
    }

    public void Close()
    {
        _status = SessionStatus.LoggingOut;
        _beat.Stop();
        _tls.Dispose();
        _status = SessionStatus.Closed;
    }

    public void Dispose() => Close();
}
