// Every guard once, in a program from which everything unused has been cut away:
//   dotnet publish samples/Trimmed -c Release --use-current-runtime -p:PublishAs=trimmed     (or native, where its runtime pack can be had)
// Each guard says what it should, or the program ends with 1.
using LifecycleAnalyzers.Samples.Trimmed;

(string Name, Func<Task> Use)[] guards =
[
    ("SafeSocket", Connecting.SafeSocketAsync),
    ("Observe", Connecting.ObserveAsync),
    ("IsAlive", Connecting.IsAliveAsync),
    ("TrySend", Sending.TrySendAsync),
    ("Guarded", Sending.GuardedAsync),
    ("SendGate", Sending.SendGateAsync),
    ("WebSocketSender", Sending.WebSocketSenderAsync),
    ("BufferLease", Sending.BufferLeaseAsync),
    ("ConnectionPair", Owning.ConnectionPairAsync),
    ("ConnectionTracker", Owning.ConnectionTrackerAsync),
    ("ConnectionPool", Owning.ConnectionPoolAsync),
    ("SessionSlot", Owning.SessionSlotAsync),
    ("SessionCache", Owning.SessionCacheAsync),
    ("Replay", Owning.ReplayAsync),
    ("Attributes", Around.AttributesAsync),
    ("Registration", Around.RegistrationAsync),
    ("Metrics", Around.MetricsAsync),
];

var failed = 0;
foreach (var (name, use) in guards)
{
    try
    {
        await use().WaitAsync(TimeSpan.FromSeconds(20));
        Console.WriteLine($"{name}: as promised");
    }
    catch (Exception e)
    {
        // Whatever it is: the next guard is tried, and the exit code tells.
        failed++;
        Console.WriteLine($"{name}: {e}");
    }
}

Console.WriteLine($"{guards.Length - failed} of {guards.Length} guards, {(System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? "compiled while it runs" : "compiled before it ran")}");
return failed == 0 ? 0 : 1;
