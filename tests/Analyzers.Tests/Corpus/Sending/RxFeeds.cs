// Sensor streams as observables, forwarded to a time-series collector.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Reactive.Linq;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.RxFeeds;

public sealed record Sample(string Sensor, double Value);

public sealed class SampleForwarder : IDisposable
{
    private readonly Socket _collector;
    private readonly WebSocket _live;
    private readonly List<IDisposable> _subscriptions = [];

    public SampleForwarder(Socket collector, WebSocket live, IObservable<Sample> samples)
    {
        (_collector, _live) = (collector, live);
        _subscriptions.Add(samples.Subscribe(OnSample));
        _subscriptions.Add(samples.Where(s => s.Value > 100).Subscribe(
            s => _live.SendAsync(Encode(s), WebSocketMessageType.Text, true, default).Wait(), //! LCA2001
            error => WriteLine("failed: " + error.Message))); //! LCA2001
        _subscriptions.Add(Observable.Interval(TimeSpan.FromSeconds(5)).Subscribe(n => WriteLine($"alive {n}"))); //! LCA2001
    }

    private void OnSample(Sample sample)
    {
        var bytes = Encode(sample);
        _collector.Send(bytes); //! LCA2001
    }

    private void WriteLine(string line) => _collector.Send(Encoding.UTF8.GetBytes(line + "\n"));

    private static byte[] Encode(Sample sample) => Encoding.UTF8.GetBytes($"{sample.Sensor} {sample.Value:R}\n");

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }
}

public sealed class GuardedSampleForwarder : IDisposable
{
    private readonly Socket _collector;
    private readonly WebSocket _live;
    private readonly ILogger _log;
    private readonly List<IDisposable> _subscriptions = [];
    private volatile bool _closing;

    // ok LCA2001: every observer asks or catches
    public GuardedSampleForwarder(Socket collector, WebSocket live, IObservable<Sample> samples, ILogger log)
    {
        (_collector, _live, _log) = (collector, live, log);
        _subscriptions.Add(samples.Subscribe(OnSample, e => _log.LogError(e, "samples ended")));
        _subscriptions.Add(samples.Throttle(TimeSpan.FromMilliseconds(100)).Subscribe(async s => await ShowAsync(s)));
        _subscriptions.Add(samples.Where(_ => _live.State == WebSocketState.Open).Select(s => s.Value).Subscribe(_ => _shown++));
        _subscriptions.Add(samples.Subscribe(new Archive(collector)));
    }

    private int _shown;

    public int Shown => _shown;

    private void OnSample(Sample sample)
    {
        if (_closing) return;
        _collector.Send(Encoding.UTF8.GetBytes(sample.Sensor));
    }

    private async Task ShowAsync(Sample sample)
    {
        if (_live.State == WebSocketState.Open)
            await _live.SendAsync(Encoding.UTF8.GetBytes(sample.ToString()), WebSocketMessageType.Text, true, default);
    }

    public void Dispose()
    {
        _closing = true;
        foreach (var subscription in _subscriptions) subscription.Dispose();
        _collector.Dispose();
    }

    private sealed class Archive(Socket socket) : IObserver<Sample>
    {
        private bool _broken;

        // ok LCA2001: the first failure is the last
        public void OnNext(Sample value)
        {
            if (_broken) return;
            try
            {
                socket.Send(BitConverter.GetBytes(value.Value));
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                _broken = true;
            }
        }

        public void OnError(Exception error) => _broken = true;

        public void OnCompleted() => _broken = true;
    }
}
