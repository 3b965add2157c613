using System.Diagnostics.Metrics;
using LifecycleAnalyzers.Runtime;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Samples.Counters;

/// <summary>What the guards have published and logged since it was last written, laid out as <c>dotnet-counters</c> does it. Thread-safe.</summary>
public sealed class CountersView : ILogger, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, SortedDictionary<string, List<double>>> _groups = new(StringComparer.Ordinal);

    public CountersView()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == LifecycleMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(Title(instrument), Text(tags), value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(Title(instrument), Text(tags), value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(Title(instrument), Text(tags), value));
        _listener.Start();
    }

    public void Write(TextWriter to)
    {
        _listener.RecordObservableInstruments();
        lock (_groups)
        {
            foreach (var (title, rows) in _groups)
            {
                to.WriteLine(title);
                foreach (var (row, values) in rows)
                {
                    values.Sort();
                    to.WriteLine(title.EndsWith("(s)", StringComparison.Ordinal)
                        ? $"    {row,-96}p50 {At(values, 50):0.000000}  p95 {At(values, 95):0.000000}  p99 {At(values, 99):0.000000}"
                        : $"    {row,-96}{values.Sum()}");
                    values.Clear();
                }
            }
        }
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Add("events", $"{eventId.Id} {eventId.Name}: {formatter(state, exception)}", 1);

    public void Dispose() => _listener.Dispose();

    private static string Title(Instrument instrument) => $"{instrument.Name} ({instrument.Unit})";

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(static t => $"{t.Key}={t.Value}"));

    private static double At(List<double> values, int percentile) => values.Count == 0 ? 0 : values[(values.Count - 1) * percentile / 100];

    private void Add(string title, string row, double value)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue(title, out var rows))
            {
                _groups.Add(title, rows = new(StringComparer.Ordinal));
            }

            if (!rows.TryGetValue(row, out var values))
            {
                rows.Add(row, values = []);
            }

            values.Add(value);
        }
    }
}
