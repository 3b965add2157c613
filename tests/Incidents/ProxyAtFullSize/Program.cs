// The scenario: what can become of a proxied connection, first one thing after another, then 20,000 connections with 200 at a time.
// After each part the proxy's count and the sockets that the operating system sees in this process are back where they were.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Incidents.ProxyAtFullSize;

public sealed class Program : IDisposable
{
    private const int Parallel = 200;
    private const int Some = 40;

    /// <summary>What may stay in use more after all the cycles than after the first of them: nothing grows with their number.</summary>
    private const long FlatMemory = 2 * 1024 * 1024;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(55));
    private readonly TcpListener _plain = new(IPAddress.Any, 0);
    private readonly TcpListener _tls = new(IPAddress.Any, 0);
    private readonly TcpProxy _proxy;
    private ITarget? _target;
    private int _sockets;
    private readonly Lock _last = new();
    private bool _isDying;
    private bool _healthy = true;

    private Program() =>
        _proxy = new TcpProxy(() => _target!.Address, new ProxyLimits(Connect: TimeSpan.FromSeconds(1), Handshake: TimeSpan.FromSeconds(2), Idle: TimeSpan.FromSeconds(2)));

    private static int Cycles => int.TryParse(Environment.GetEnvironmentVariable("INCIDENT_CYCLES"), out var cycles) ? cycles : 20_000;

    public static async Task<int> Main()
    {
        using var program = new Program();
        return await program.RunAsync();
    }

    public void Dispose()
    {
        _plain.Stop();
        _tls.Stop();
        _deadline.Dispose();
    }

    private async Task<int> RunAsync()
    {
        var stop = _deadline.Token;
        using var certificate = NewCertificate();
        _plain.Start(512);
        _tls.Start(512);
        AppDomain.CurrentDomain.UnhandledException += (_, _) =>
        {
            // Several may fail at once: the process ends with the first that comes out of here, and must have spoken by then.
            lock (_last)
            {
                if (_isDying) return;
                _isDying = true;
                Console.WriteLine($"dying: active {_proxy.Active}, sockets +{OpenSockets() - _sockets}");
                Console.Out.Flush();
            }
        };
        var passing = _proxy.PassThroughAsync(_plain, stop);
        var terminating = _proxy.TerminateTlsAsync(_tls, certificate, stop);

        // what the runtime opens for itself is open before the count begins
        using (_target = new EchoTarget(resets: false, stop)) await Task.WhenAll(TalkAsync(_plain, Manner.Polite, true), TalkAsync(_tls, Manner.Encrypted, true));
        await SettledAsync(int.MaxValue);
        _sockets = OpenSockets();

        await PartAsync("working", () => new EchoTarget(resets: false, stop), (_plain, Manner.Polite, true), (_tls, Manner.Encrypted, true));
        await PartAsync("TLS, target refuses", DeadTarget.Refusing, (_tls, Manner.Encrypted, false));
        await PartAsync("TLS, no handshake", () => new EchoTarget(resets: false, stop), (_tls, Manner.Garbage, false), (_tls, Manner.Silent, false));
        await PartAsync("TLS, connect times out", () => new FullTarget(), (_tls, Manner.Encrypted, false));
        await PartAsync("target refuses", DeadTarget.Refusing, (_plain, Manner.Polite, false));
        await PartAsync("target unreachable", DeadTarget.Unreachable, (_plain, Manner.Polite, false), (_tls, Manner.Encrypted, false));
        await PartAsync("connect times out", () => new FullTarget(), (_plain, Manner.Polite, false));
        await PartAsync("target resets", () => new EchoTarget(resets: true, stop), (_plain, Manner.Polite, false), (_tls, Manner.Encrypted, false));
        await PartAsync("client resets", () => new EchoTarget(resets: false, stop), (_plain, Manner.Resets, true));
        await PartAsync("client half-open", () => new EchoTarget(resets: false, stop), (_plain, Manner.HalfOpen, true), (_plain, Manner.Silent, false));
        if (_healthy) await RapidAsync();

        _plain.Stop();
        _tls.Stop();
        await Task.WhenAll(passing, terminating);
        Console.WriteLine(_healthy ? "RESULT ok" : "RESULT failed");
        return _healthy ? 0 : 1;
    }

    /// <summary>Clients of each kind at once, and then the accounts.</summary>
    private async Task PartAsync(string name, Func<ITarget> open, params (TcpListener Door, Manner Manner, bool Answered)[] kinds)
    {
        bool[] ended;
        using (_target = open()) ended = await Task.WhenAll(kinds.SelectMany(kind => Enumerable.Range(0, Some).Select(_ => TalkAsync(kind.Door, kind.Manner, kind.Answered))));
        await TellAsync(name, ended.Count(end => end), ended.Length);
    }

    private async Task RapidAsync()
    {
        int left = Cycles, ended = 0;
        long first = 0;
        using (_target = new EchoTarget(resets: false, _deadline.Token))
        {
            await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => CycleAsync(Cycles * 4 / 5)));
            await SettledAsync(_sockets + 1);
            first = GC.GetTotalMemory(forceFullCollection: true);
            await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => CycleAsync(0)));
        }

        await TellAsync("rapid cycles", ended, Cycles);
        var more = GC.GetTotalMemory(forceFullCollection: true) - first;
        _healthy &= more < FlatMemory;
        Console.WriteLine($"memory {(more < FlatMemory ? "flat" : $"+{more}")}");

        async Task CycleAsync(int until)
        {
            while (Volatile.Read(ref left) > until && Interlocked.Decrement(ref left) is >= 0 and var number)
            {
                var encrypted = number % 20 == 0;
                var manner = encrypted ? Manner.Encrypted : number % 10 == 1 ? Manner.Resets : Manner.Polite;
                if (await TalkAsync(encrypted ? _tls : _plain, manner, answered: true)) Interlocked.Increment(ref ended);
            }
        }
    }

    private Task<bool> TalkAsync(TcpListener door, Manner manner, bool answered) =>
        Client.TalkAsync(((IPEndPoint)door.LocalEndpoint).Port, manner, answered, _deadline.Token);

    private async Task TellAsync(string name, int ended, int all)
    {
        await SettledAsync(_sockets);
        var more = OpenSockets() - _sockets;
        _healthy &= ended == all && _proxy.Active == 0 && more == 0;
        Console.WriteLine($"{name}: ended {ended} of {all}, active {_proxy.Active}, sockets {(more == 0 ? "0" : $"+{more}")}");
    }

    /// <summary>Both sides of a connection close in their own time; what is left after a while stays.</summary>
    private async Task SettledAsync(int sockets)
    {
        for (var wait = 0; wait < 100 && (_proxy.Active > 0 || OpenSockets() > sockets); wait++) await Task.Delay(10, _deadline.Token);
    }

    /// <summary>Sockets of this process that the operating system knows.</summary>
    private static int OpenSockets() => OperatingSystem.IsLinux()
        ? new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(file => Target(file).StartsWith("socket:", StringComparison.Ordinal))
        : IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection => connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent);

    private static string Target(FileSystemInfo file)
    {
        try
        {
            return file.LinkTarget ?? "";
        }
        catch (IOException)
        {
            // closed while we looked
            return "";
        }
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
