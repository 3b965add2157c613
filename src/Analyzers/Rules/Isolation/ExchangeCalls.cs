using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

internal enum ExchangeStep
{
    Write,
    Read,

    /// <summary>Both, or what somebody else's code does with the connection.</summary>
    Whole,

    /// <summary>A read that is begun and not yet waited for.</summary>
    Begin,

    /// <summary>Closed, thrown away, replaced, or made empty for the next exchange.</summary>
    Close,

    /// <summary>Given back.</summary>
    Release,

    /// <summary>The next user is let in.</summary>
    LetIn,
}

/// <summary>What an expression does to the exchange on one connection, and how it may be cut short.</summary>
internal sealed class ExchangeEffect(ExchangeStep step, ImmutableArray<INamedTypeSymbol> cuts)
{
    public ExchangeStep Step { get; } = step;

    public ImmutableArray<INamedTypeSymbol> Cuts { get; } = cuts;

    /// <summary>The called method ends the connection itself when it is cut short.</summary>
    public bool Heals { get; init; }

    /// <summary>For a giving back: an argument that says whether the connection is kept, and by which value.</summary>
    public (SyntaxNode Argument, bool KeptWhen)? Condition { get; init; }
}

/// <summary>The calls of one function that matter to the exchange on one connection, by their syntax.</summary>
internal sealed class ExchangeCalls
{
    private const int MaxDepth = 3;

    private static readonly ConditionalWeakTable<Analysis, ConcurrentDictionary<(IMethodSymbol, ISymbol?), bool>> Healing = new();

    private static readonly string[] Emptying = ["DiscardInBuffer", "Drain", "DrainAsync", "Resync", "ResyncAsync"];

    private static readonly HashSet<string> Closing = new(Emptying, StringComparer.Ordinal)
    {
        "Dispose", "DisposeAsync", "Close", "CloseAsync", "Abort", "Disconnect", "DisconnectAsync", "Kill", "Destroy", "Shutdown", "Stop", "Reset", "Invalidate", "Discard", "MarkBroken", "MarkAsBroken", "Fault", "Poison", "Terminate", "Abandon", "Evict", "Fail", "SetFaulted",
        "Reconnect", "ReconnectAsync", "MarkFaulted", "Break",
    };

    private readonly Analysis _analysis;
    private readonly ISymbol _connection;
    private readonly SyntaxNode _function;
    private readonly CancellationToken _cancellation;
    private readonly bool _isKept;
    private readonly bool _hasTimeout;
    private readonly bool _isNoted;
    private readonly Lazy<HashSet<string>> _names;
    private readonly Dictionary<SyntaxNode, ExchangeEffect> _effects = [];

    private ExchangeCalls(Analysis analysis, ISymbol connection, SyntaxNode function, bool isKept, CancellationToken cancellation)
    {
        _analysis = analysis;
        _connection = connection;
        _function = function;
        _isKept = isKept;
        _names = new(Names);
        _cancellation = cancellation;
        _isNoted = !isKept && connection is ILocalSymbol local && GivingBack.NotesItsFailures(local.Type, analysis, cancellation);
        _hasTimeout = function.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText is "ReceiveTimeout" or "ReadTimeout" or "SO_RCVTIMEO" && n.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } set && set.Left.Span.Contains(n.Span) && set.Right.ToString() is not ("0" or "-1" or "Timeout.Infinite")) == true;
    }

    public IReadOnlyDictionary<SyntaxNode, ExchangeEffect> Effects => _effects;

    public ISymbol Connection => _connection;

    public bool Writes { get; private set; }

    public bool Reads { get; private set; }

    /// <summary>It writes, then reads: who reads first and then writes is the one who answers.</summary>
    public bool Asks => Writes && Reads && _effects.Any(w => w.Value.Step == ExchangeStep.Whole || w.Value.Step == ExchangeStep.Write && _effects.Any(r => r.Value.Step is ExchangeStep.Read or ExchangeStep.Whole or ExchangeStep.Begin && Order.MayFollow(w.Key, r.Key)));

    public bool IsGivenBack { get; private set; }

    public bool LetsIn { get; private set; }

    /// <param name="analysis">The compilation's.</param>
    /// <param name="connection">The field, parameter or local by which the connection is reached.</param>
    /// <param name="function">The function.</param>
    /// <param name="calls">Its calls.</param>
    /// <param name="isKept">It stays where it is, and a gate lets the next one in.</param>
    /// <param name="depth">How deep calls are followed.</param>
    /// <param name="cancellation">Stops it.</param>
    public static ExchangeCalls Of(Analysis analysis, ISymbol connection, SyntaxNode function, IEnumerable<IInvocationOperation> calls, bool isKept, int depth, CancellationToken cancellation)
    {
        var found = new ExchangeCalls(analysis, connection, function, isKept, cancellation);
        foreach (var call in calls) found.Classify(call, depth);
        return found;
    }

    public static ExchangeCalls Of(Analysis analysis, ISymbol connection, SyntaxNode function, IEnumerable<IInvocationOperation> calls, bool isKept, CancellationToken cancellation) =>
        Of(analysis, connection, function, calls, isKept, MaxDepth, cancellation);

    private void Classify(IInvocationOperation call, int depth)
    {
        if (IsLettingIn(call))
        {
            LetsIn = true;
            _effects[call.Syntax] = new ExchangeEffect(ExchangeStep.LetIn, []);
            return;
        }

        var receiver = Wire.Receiver(call);
        var isOn = receiver is not null && IsIt(Wire.KeyOf(receiver, IsConnection)) && receiver is not IInstanceReferenceOperation;
        var given = call.Arguments.FirstOrDefault(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Value != receiver && IsIt(KeyOfArgument(a)));
        if (!_isKept && given is not null && GivingBack.Argument(call, _analysis, _cancellation) is { } back && back == given)
        {
            IsGivenBack = true;
            _effects[call.Syntax] = new ExchangeEffect(ExchangeStep.Release, []) { Condition = KeptBy(call) };
            return;
        }

        if (isOn && (Closing.Contains(call.TargetMethod.Name) || EndsPipe(call.TargetMethod)) || given is not null && Closing.Any(c => call.TargetMethod.Name.StartsWith(c, StringComparison.Ordinal)) || given is not null && call.TargetMethod.Name is "Remove" or "TryRemove" or "Exchange" or "SafeDispose" or "CompareExchange"
            || isOn && call.TargetMethod.IsExtensionMethod && call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is { } self && ClosesArgument(call.TargetMethod, self) || given is not null && ClosesArgument(call.TargetMethod, given)
            || !isOn && given is null && _isKept && IsOwnClosing(call) || isOn && !_isKept && GivingBack.Spoils(call.TargetMethod, _analysis, _cancellation))
        {
            if (!IsLease(call)) _effects[call.Syntax] = new ExchangeEffect(ExchangeStep.Close, []);
            return;
        }

        if (StepOf(call, isOn, given, depth) is { } step) Add(call, step.Step, step.Heals);
    }

    /// <summary>A pipe is ended by either of its ends: whoever reads or writes next is told.</summary>
    private static bool EndsPipe(IMethodSymbol method) => method is { Name: "Complete" or "CompleteAsync", ContainingType.Name: "PipeReader" or "PipeWriter" };

    private HashSet<string> Names()
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { _connection.Name };
        if (!Wire.IsKept(_connection) || _connection.ContainingType is not { } type) return names;
        var exchanges = Exchanges.Of(_analysis);
        foreach (var member in type.GetMembers())
        {
            var held = member switch { IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type, IPropertySymbol property => property.Type, _ => null };
            if (held is not null && _analysis.Connections.LeadsToPeer(held) && exchanges.IsSame(member, _connection, null)) names.Add(member.Name);
        }

        return names;
    }

    /// <summary>A helper that does nothing with the connection but end it: <c>SafeClose(this Socket socket)</c>.</summary>
    private bool ClosesArgument(IMethodSymbol method, IArgumentOperation given)
    {
        if (given.Parameter is not { } parameter || (method.ReducedFrom ?? method) is not { } target || !_analysis.Summaries.IsOwn(target)) return false;
        if (target.OriginalDefinition.Parameters.FirstOrDefault(p => p.Ordinal == parameter.Ordinal) is not { } own || Code.Of(target, _analysis, _cancellation) is not { } code) return false;
        var ends = false;
        foreach (var call in code.Descendants().OfType<IInvocationOperation>())
        {
            var on = Wire.Receiver(call);
            if (on is null || !SymbolEqualityComparer.Default.Equals(Wire.KeyOf(on), own)) continue;
            if (Wire.Of(call, _analysis) != WireUse.None) return false;
            ends |= call.TargetMethod.Name is "Close" or "Dispose" or "CloseAsync" or "DisposeAsync" or "Abort" or "Disconnect" or "DisconnectAsync";
        }

        return ends;
    }

    private ISymbol? KeyOfArgument(IArgumentOperation argument) => Wire.KeyOf(Code.Unwrapped(argument.Value), IsConnection);

    /// <summary>What is still to be read is thrown away, and the connection goes on.</summary>
    public static bool IsEmptying(string name) => Array.IndexOf(Emptying, name) >= 0;

    private bool IsConnection(ILocalSymbol local) => SymbolEqualityComparer.Default.Equals(local, _connection);

    /// <summary>The connection itself, or a part of it that is kept beside it: its socket, its reader.</summary>
    public bool IsIt(ISymbol? symbol) => symbol is not null
        && (SymbolEqualityComparer.Default.Equals(symbol.OriginalDefinition, _connection.OriginalDefinition) || _isKept && _names.Value.Contains(symbol.Name) && Exchanges.Of(_analysis).IsSame(symbol, _connection, null));

    /// <summary>By its name, within the type that keeps it.</summary>
    public bool IsNamed(string name) => name == _connection.Name || _isKept && _names.Value.Contains(name);

    private bool IsLease(IInvocationOperation call) => !_isKept && call.TargetMethod.Name is "Dispose" or "DisposeAsync" && Wire.Receiver(call) is ILocalReferenceOperation local && IsIt(local.Local) && GivingBack.IsLease(local.Type, _analysis, _cancellation) && MarkRelease(call);

    private bool MarkRelease(IInvocationOperation call)
    {
        IsGivenBack = true;
        _effects[call.Syntax] = new ExchangeEffect(ExchangeStep.Release, []);
        return true;
    }

    private (ExchangeStep Step, bool Heals)? StepOf(IInvocationOperation call, bool isOn, IArgumentOperation? given, int depth)
    {
        var method = call.TargetMethod;
        if (isOn)
        {
            var use = Wire.Of(call, _analysis);
            if (use == WireUse.None && !_isKept && _analysis.Summaries.IsOwn(method) && Dropped.IsTask(call.Type)) use = ByName(method.Name);
            if (use == WireUse.None && !_isKept && _analysis.Summaries.IsOwn(method) && depth > 0)
            {
                var inner = Exchanges.Of(_analysis).In(method, _cancellation);
                if (inner.Any(e => e.Use == WireUse.Write) && inner.Any(e => e.Use == WireUse.Read)) return (ExchangeStep.Whole, Heals(method, null, depth));
                return null;
            }

            if (use == WireUse.None || IsAborting(Wire.Receiver(call)?.Type)) return null;
            return (use == WireUse.Write ? ExchangeStep.Write : ExchangeStep.Read, _analysis.Summaries.IsOwn(method) && depth > 0 && Heals(method, null, depth));
        }

        if (given is not null)
        {
            if (method.MethodKind == MethodKind.DelegateInvoke || method.IsAbstract && _analysis.Summaries.IsOwn(method)) return _isKept && !Reads && !Writes ? null : (IsReader(method) ? ExchangeStep.Read : OnlyWrites(call) ? ExchangeStep.Write : ExchangeStep.Whole, false);
            if (depth == 0 || given.Parameter is not { } parameter || !_analysis.Summaries.IsOwn(method)) return null;
            var key = method.OriginalDefinition.Parameters.FirstOrDefault(p => p.Ordinal == parameter.Ordinal);
            return key is null ? null : Inner(method, key, depth);
        }

        // A loop that is started here and waited for by nobody goes its own way: it reads no answer of this function's.
        if (Dropped.IsTask(call.Type) && Dropped.Is(call) || method is { IsAsync: true, ReturnsVoid: true }) return null;
        return _isKept && depth > 0 && call.Instance is null or IInstanceReferenceOperation && _analysis.Summaries.IsOwn(method) ? Inner(method, _connection, depth) : null;
    }

    /// <summary>What a method of this compilation does on the connection, and whether it ends it by itself when it is cut short.</summary>
    private (ExchangeStep Step, bool Heals)? Inner(IMethodSymbol method, ISymbol key, int depth)
    {
        var exchanges = Exchanges.Of(_analysis);
        var events = exchanges.In(method, _cancellation).Where(e => exchanges.IsSame(e.Key, key, null)).ToList();
        if (events.Count == 0) return _isKept || HandedOn(method, key, depth - 1) is not { } step ? null : (step, false);
        var writes = events.Any(e => e.Use == WireUse.Write);
        var reads = events.Any(e => e.Use == WireUse.Read);
        return (writes && reads ? ExchangeStep.Whole : writes ? ExchangeStep.Write : ExchangeStep.Read, Heals(method, key, depth));
    }

    /// <summary>A method that only hands the connection on, to what writes or reads by its name: <c>ReadAsync(c) => ReadCoreAsync(c)</c>.</summary>
    private ExchangeStep? HandedOn(IMethodSymbol method, ISymbol key, int depth)
    {
        if (Code.Of(method, _analysis, _cancellation) is not { Syntax: var function } code) return null;
        var calls = Of(_analysis, key, function, Code.OwnCalls(code), isKept: false, depth, _cancellation);
        return (calls.Writes, calls.Reads) switch { (true, false) => ExchangeStep.Write, (false, true) => ExchangeStep.Read, _ => null };
    }

    private static bool IsReader(IMethodSymbol method) => method.Name.StartsWith("Read", StringComparison.Ordinal) || method.Name.StartsWith("Receive", StringComparison.Ordinal);

    /// <summary>A delegate whose name says that it writes: <c>_writeOverride(stream, frame)</c>.</summary>
    private static bool OnlyWrites(IInvocationOperation call) =>
        call.Instance is { } called && Wire.KeyOf(IoCalls.Unwrapped(Code.Unwrapped(called))) is { } member
        && ClosingFlags.Words(member.Name.TrimStart('_')).FirstOrDefault() is { } verb && (string.Equals(verb, "write", StringComparison.OrdinalIgnoreCase) || string.Equals(verb, "send", StringComparison.OrdinalIgnoreCase));

    private static WireUse ByName(string name) =>
        name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("Send", StringComparison.Ordinal) ? WireUse.Write
        : name.StartsWith("Read", StringComparison.Ordinal) || name.StartsWith("Receive", StringComparison.Ordinal) ? WireUse.Read : WireUse.None;

    /// <summary>A cancelled operation ends the connection itself.</summary>
    private static bool IsAborting(ITypeSymbol? type) => Bases.IncludeNamed(type, "WebSocket", "System.Net.WebSockets");

    /// <summary>However the method is cut short, it leaves no connection with an unread answer behind.</summary>
    private bool Heals(IMethodSymbol method, ISymbol? key, int depth)
    {
        var kept = Healing.GetOrCreateValue(_analysis);
        if (kept.TryGetValue((method.OriginalDefinition, key), out var known)) return known;
        var heals = FindHealing(method, key, depth - 1);
        return depth == MaxDepth ? kept.GetOrAdd((method.OriginalDefinition, key), heals) : heals;
    }

    private bool FindHealing(IMethodSymbol method, ISymbol? key, int depth)
    {
        if (Code.Of(method, _analysis, _cancellation) is not { } code || _analysis.Bodies.Of(method, _cancellation) is not { } body) return false;
        key ??= Exchanges.Of(_analysis).In(method, _cancellation).Select(e => e.Key).FirstOrDefault(Wire.IsKept);
        if (key is null) return false;
        var function = code.Syntax;
        var calls = Of(_analysis, key, function, Code.OwnCalls(code), isKept: true, depth, _cancellation);
        var path = new ExchangePath(calls, function, _analysis) { IsSummary = true };
        var exits = PathEngine<ExchangeToken>.Exits(_analysis, body, path, new ExchangeToken(ExchangeState.Written, null, null), null, _cancellation);
        return exits is not null && calls._effects.Values.Any(e => e.Heals || !e.Cuts.IsEmpty) && !exits.Any(e => e.Token.State == ExchangeState.Cut && e.Thrown is not null);
    }

    private void Add(IInvocationOperation call, ExchangeStep step, bool heals)
    {
        Writes |= step is ExchangeStep.Write or ExchangeStep.Whole;
        Reads |= step is ExchangeStep.Read or ExchangeStep.Whole;
        var cuts = heals ? [] : Cuts(call, step);
        if (!Dropped.IsTask(call.Type))
        {
            _effects[call.Syntax] = new ExchangeEffect(step, cuts) { Heals = heals };
            return;
        }

        IOperation operation = call;
        while (operation.Parent is { } parent)
        {
            if (parent is IConversionOperation or IParenthesizedOperation || parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync" or "Preserve" } outer && outer.Instance == operation) operation = parent;
            else break;
        }

        if (operation.Parent is IAwaitOperation awaited)
        {
            _effects[awaited.Syntax] = new ExchangeEffect(step, cuts) { Heals = heals };
            return;
        }

        if (operation.Parent is IInvocationOperation { TargetMethod.Name: "GetAwaiter" or "Wait" } or IPropertyReferenceOperation { Property.Name: "Result" })
        {
            _effects[call.Syntax] = new ExchangeEffect(step, cuts);
            return;
        }

        _effects[call.Syntax] = new ExchangeEffect(step == ExchangeStep.Write ? ExchangeStep.Write : ExchangeStep.Begin, []);
        // Waited for later, by the variable that holds the task.
        if (operation.Parent is not IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var task } }) return;
        foreach (var later in _function.DescendantNodes().OfType<AwaitExpressionSyntax>())
        {
            var name = later.Expression;
            var waits = false;
            while (name is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "WaitAsync" } access })
            {
                waits |= access.Name.Identifier.ValueText == "WaitAsync";
                name = access.Expression;
            }

            if (name is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == task.Name) _effects[later] = new ExchangeEffect(step, waits ? cuts.AddRange(Types("System.TimeoutException")) : cuts);
        }
    }

    /// <summary>The exceptions by which a wait is given up while the answer is under way.</summary>
    private ImmutableArray<INamedTypeSymbol> Cuts(IInvocationOperation call, ExchangeStep step)
    {
        var cuts = GivenUp(call);
        // What fails within a lease that takes note of it is known to whoever gets it back.
        if (_isNoted) return Types([.. cuts.Distinct()]);
        if (MayBeCancelled(call)) cuts.Add("System.OperationCanceledException");
        if (call.Arguments.Any(a => a.Parameter is { Type.Name: "TimeSpan" } or { Name: "timeout" or "millisecondsTimeout" or "timeoutMilliseconds" })) cuts.Add("System.TimeoutException");
        // The limit is the receive's: a request that did not get out has no answer under way.
        if (step != ExchangeStep.Write && !Dropped.IsTask(call.Type) && _hasTimeout) cuts.AddRange(TimedOut(Wire.Receiver(call)?.Type));
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke || call.TargetMethod.IsAbstract) cuts.AddRange(["System.OperationCanceledException", "System.TimeoutException"]);
        // What is given back must have been read to its end; what stays is dead after any other failure.
        if (cuts.Count == 0 && (!_isKept || IsSummaryOnly)) cuts.Add(Wire.Receiver(call)?.Type?.Name is "Socket" or "UdpClient" ? "System.Net.Sockets.SocketException" : "System.IO.IOException");
        return Types([.. cuts.Distinct()]);
    }

    /// <summary>How waiting for a call ends early while the call goes on: <c>.WaitAsync(timeout)</c>.</summary>
    private static List<string> GivenUp(IInvocationOperation call)
    {
        var cuts = new List<string>();
        for (IOperation? outer = call; outer is not null && outer is not IAwaitOperation && outer is not IExpressionStatementOperation; outer = outer.Parent)
        {
            if (outer is not IInvocationOperation { TargetMethod.Name: "WaitAsync" } wait || outer == call) continue;
            if (wait.Arguments.Any(a => a.Parameter?.Type.Name == "TimeSpan" && a.ArgumentKind != ArgumentKind.DefaultValue)) cuts.Add("System.TimeoutException");
            if (MayBeCancelled(wait)) cuts.Add("System.OperationCanceledException");
        }

        return cuts;
    }

    /// <summary>How a receive timeout shows.</summary>
    private string[] TimedOut(ITypeSymbol? type) => type?.Name switch
    {
        "Socket" or "UdpClient" => ["System.Net.Sockets.SocketException"],
        "SerialPort" => ["System.TimeoutException"],
        "NetworkStream" or "SslStream" => ["System.IO.IOException"],
        _ => _analysis.Connections.IsCarrier(type) ? ["System.IO.IOException"] : ["System.IO.IOException", "System.TimeoutException"],
    };

    /// <summary>A parameter's connection is looked at for its callers: any failure counts.</summary>
    private bool IsSummaryOnly => _connection is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } };

    private static bool MayBeCancelled(IInvocationOperation call) => call.Arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Type.Name == "CancellationToken" && CanFire(a.Value));

    private static bool CanFire(IOperation token)
    {
        switch (Code.Unwrapped(token))
        {
            case IDefaultValueOperation or ILiteralOperation:
                return false;
            case IPropertyReferenceOperation { Property.Name: "None" }:
                return false;
            // The end of the whole object: nobody asks again.
            case IPropertyReferenceOperation { Property.Name: "Token", Instance: IFieldReferenceOperation }:
            case IFieldReferenceOperation:
                return false;
            case IParameterReferenceOperation { Parameter: { Name: "stoppingToken" or "stopping" or "shutdown" or "shutdownToken" } }:
                return false;
            case IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { Name: "ExecuteAsync", IsOverride: true } }:
                return false;
            default:
                return true;
        }
    }

    private ImmutableArray<INamedTypeSymbol> Types(params string[] names) => names.Select(_analysis.Catalogue.Types.Find).Where(t => t is not null).Select(t => t!).ToImmutableArray();

    /// <summary>The call leaves a gate that this function entered before.</summary>
    private bool IsLettingIn(IInvocationOperation call)
    {
        if (!_isKept || call.TargetMethod.Name is not ("Release" or "ReleaseMutex" or "Exit" or "Leave" or "Unlock" or "ReleaseAsync") || call.Syntax is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var gate } }) return false;
        var text = gate.ToString();
        return _function.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => i.SpanStart < call.Syntax.SpanStart && Gates.Enters(i) && i.Expression is MemberAccessExpressionSyntax entered && (entered.Expression.ToString() == text || text == "Monitor"));
    }

    /// <summary>A method of this object that closes or replaces the connection.</summary>
    private bool IsOwnClosing(IInvocationOperation call)
    {
        if (call.Instance is not (null or IInstanceReferenceOperation) || !_analysis.Summaries.IsOwn(call.TargetMethod) || call.TargetMethod.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation) is not { } syntax || syntax == _function) return false;
        if (Closing.Contains(call.TargetMethod.Name)) return true;
        foreach (var name in syntax.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (!IsNamed(name.Identifier.ValueText)) continue;
            var whole = name.Whole();
            if (whole.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } && Closing.Contains(member)) return true;
            if (whole.Parent is ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: var conditional } } } && Closing.Contains(conditional)) return true;
            if (whole.Parent is AssignmentExpressionSyntax assignment && assignment.Left == whole && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && !syntax.DescendantNodes().OfType<IfStatementSyntax>().Any(i => i.Condition.ToString().IndexOf(_connection.Name, StringComparison.Ordinal) >= 0)) return true;
        }

        return false;
    }

    /// <summary><c>Return(connection, reuse: done)</c>: an argument decides.</summary>
    private static (SyntaxNode, bool)? KeptBy(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is not { Type.SpecialType: SpecialType.System_Boolean } parameter || argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            var discards = new[] { "discard", "broken", "fault", "fail", "dispose", "close", "invalid", "destroy", "dirty", "dead", "drop" }.Any(w => parameter.Name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);
            return (argument.Value.Syntax, !discards);
        }

        return null;
    }
}
