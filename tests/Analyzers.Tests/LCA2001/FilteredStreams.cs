namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>What an observable has sorted out comes to no subscriber.</summary>
public class FilteredStreams
{
    private static string Feed(string subscription, string members = "") => $$"""
        static class Streams
        {
            public static IObservable<T> Where<T>(this IObservable<T> source, Func<T, bool> filter) => throw new NotImplementedException();
            public static IObservable<T> TakeWhile<T>(this IObservable<T> source, Func<T, bool> filter) => throw new NotImplementedException();
            public static IObservable<R> Select<T, R>(this IObservable<T> source, Func<T, R> made) => throw new NotImplementedException();
            public static IDisposable Subscribe<T>(this IObservable<T> source, Action<T> next) => throw new NotImplementedException();
            public static IDisposable Subscribe<T>(this IObservable<T> source, Action<T> next, Action<Exception> failed) => throw new NotImplementedException();
        }

        class Feed
        {
            private readonly WireClient _client;
            private readonly WireClient _other;

            public Feed(WireClient client, WireClient other, IObservable<string> lines, IObservable<WireClient> clients)
            {
                (_client, _other) = (client, other);
                {{subscription}};
            }

            private bool IsUp(string line) => line.Length > 0 && _client is { IsOpen: true };
            {{members}}
        }
        """;

    [Theory]
    [InlineData("lines.Where(_ => _client.IsOpen).Subscribe(l => _client.Send(l))")]
    [InlineData("lines.Where(l => l.Length > 0 && _client.State == WireState.Open).Select(l => l.Trim()).Subscribe(l => _client.Send(l))")]
    [InlineData("lines.Where(_ => _client.IsOpen).Where(l => l != \"\").Subscribe(l => { _client.Send(l); }, e => { })")]
    [InlineData("lines.TakeWhile(IsUp).Subscribe(l => _client.Send(l))")]
    [InlineData("Streams.Subscribe(Streams.Where(lines, IsUp), l => _client.Send(l))")]
    [InlineData("var usable = lines.Where(IsUp); usable.Subscribe(l => _client.Send(l))")]
    [InlineData("clients.Where(c => !c.IsClosed).Subscribe(c => c.Send(\"\"))")]
    [InlineData("lines.Where(IsUp).Subscribe(OnLine)", "private void OnLine(string line) => _client.Send(line);")]
    public Task By_the_state_of_the_connection(string subscription, string members = "") => Case.SilentAsync(Feed(subscription, members));

    [Theory]
    [InlineData("lines.Where(l => l.Length > 0).Subscribe(l => {|LCA2001:_client.Send(l)|})")]
    [InlineData("lines.Where(_ => _other.IsOpen).Subscribe(l => {|LCA2001:_client.Send(l)|})")]
    [InlineData("lines.Where(_ => !_client.IsOpen).Subscribe(l => {|LCA2001:_client.Send(l)|})")]
    [InlineData("lines.Where(IsUp).Subscribe(l => { }, e => {|LCA2001:_client.Send(\"failed\")|})")]
    [InlineData("lines.Where(IsUp).Subscribe(OnLine); lines.Subscribe(OnLine)", "private void OnLine(string line) => {|LCA2001:_client.Send(line)|};")]
    public Task By_something_else_or_on_one_way_only(string subscription, string members = "") => Case.HoldsAsync(Feed(subscription, members));
}
