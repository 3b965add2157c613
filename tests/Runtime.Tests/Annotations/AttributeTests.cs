using System.Reflection;

namespace LifecycleAnalyzers.Runtime.Tests.Annotations;

public sealed class AttributeTests
{
    [Fact]
    public void All_are_sealed_and_told_once()
    {
        var attributes = typeof(ConnectionAttribute).Assembly.GetExportedTypes().Where(static t => t.IsSubclassOf(typeof(Attribute))).ToList();
        Assert.Equal(11, attributes.Count);
        Assert.All(attributes, static a => Assert.True(a.IsSealed));
        Assert.All(attributes, static a => Assert.False(a.GetCustomAttribute<AttributeUsageAttribute>()!.AllowMultiple));
    }

    [Fact]
    public void They_say_what_was_written()
    {
        var connection = typeof(Uplink).GetCustomAttribute<ConnectionAttribute>()!;
        Assert.True(connection.SingleWriter);
        Assert.False(connection.Reconnects);
        Assert.Equal([UplinkState.Open, UplinkState.Draining], Usable(nameof(Uplink.State)));
        Assert.Empty(Usable(nameof(Uplink.Ready)));
        Assert.Equal([false], Usable(nameof(Uplink.Ended)));
        Assert.NotNull(typeof(Uplink).GetEvent(nameof(Uplink.Broke))!.GetCustomAttribute<ErrorEventAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Dial)).GetCustomAttribute<OpensAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Emit)).GetCustomAttribute<SendsAttribute>());
        Assert.NotNull(Method(nameof(Uplink.HangUp)).GetCustomAttribute<ClosesAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Redial)).GetCustomAttribute<CreatesFreshAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Ensure)).GetCustomAttribute<EnsuresOpenAttribute>());
        Assert.NotNull(Method(nameof(Uplink.OnIdle)).GetCustomAttribute<ConnectionCallbackAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Every)).GetParameters()[0].GetCustomAttribute<ConnectionCallbackAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Adopt)).GetCustomAttribute<TakesOwnershipAttribute>());
        Assert.NotNull(Method(nameof(Uplink.Swap)).GetParameters()[0].GetCustomAttribute<TakesOwnershipAttribute>());
        Assert.NotNull(typeof(Uplink).GetConstructors()[0].GetCustomAttribute<TakesOwnershipAttribute>());
        Assert.NotNull(typeof(ShopSession).GetCustomAttribute<NotAConnectionAttribute>());
    }

    [Fact]
    public void No_values_are_no_values()
    {
        Assert.Empty(new ConnectionStateAttribute(null!).Usable);
    }

    private static IReadOnlyList<object> Usable(string member) =>
        typeof(Uplink).GetMember(member)[0].GetCustomAttribute<ConnectionStateAttribute>()!.Usable;

    private static MethodInfo Method(string name) => typeof(Uplink).GetMethod(name)!;

    private enum UplinkState
    {
        Closed,
        Open,
        Draining,
    }

    [Connection(SingleWriter = true)]
    private sealed class Uplink
    {
        [TakesOwnership]
        public Uplink(IDisposable inner) => inner.Dispose();

        public Uplink()
        {
        }

        [ErrorEvent]
        public event Action? Broke;

        [ConnectionState(UplinkState.Open, UplinkState.Draining)]
        public UplinkState State { get; private set; }

        [ConnectionState]
        public bool Ready => State == UplinkState.Open;

        [ConnectionState(false)]
        public bool Ended() => State == UplinkState.Closed;

        [Opens]
        public void Dial() => State = UplinkState.Open;

        [Sends]
        public void Emit() => Broke?.Invoke();

        [Closes]
        public void HangUp() => State = UplinkState.Closed;

        [CreatesFresh]
        public Uplink Redial() => new();

        [EnsuresOpen]
        public bool Ensure() => Ready;

        [ConnectionCallback]
        public void OnIdle() => Emit();

        public void Every([ConnectionCallback] Action tick) => tick();

        [TakesOwnership]
        public void Adopt(IDisposable inner) => inner.Dispose();

        public void Swap([TakesOwnership] IDisposable next, int keep) => next.Dispose();
    }

    [NotAConnection]
    private sealed class ShopSession;
}
