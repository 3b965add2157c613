using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// The user's own flags: <c>_closed</c>, <c>_running</c>, <c>_state</c>. A flag is known by the words of its name, else by
/// who writes it: what <c>Dispose</c> or <c>Close</c> sets to true means closed.
/// </summary>
internal sealed class ClosingFlags(Analysis analysis)
{
    private static readonly HashSet<string> Ended = new(StringComparer.OrdinalIgnoreCase)
    {
        "Closed", "Closing", "Close", "Disposed", "Disposing", "Dispose", "Stopped", "Stopping", "Stop", "Dead", "Ended", "Ending", "Faulted", "Fault", "Failed", "Broken",
        "Aborted", "Aborting", "Shutdown", "Shut", "Shutting", "Down", "Cancelled", "Canceled", "Cancellation", "Disconnected", "Disconnecting", "Terminated", "Terminating",
        "Finished", "Exited", "Exiting", "Killed", "Lost", "Detached", "Gone", "Quit", "Quitting", "Offline", "Draining", "Released", "Torn", "Invalid", "Unusable", "Unavailable",
        "Errored", "Kicked", "Leaving", "Expired",
    };

    private static readonly HashSet<string> Usable = new(StringComparer.OrdinalIgnoreCase)
    {
        "Open", "Opened", "Connected", "Alive", "Running", "Active", "Ready", "Started", "Writable", "Usable", "Established", "Online", "Up", "Valid", "Healthy", "Live",
        "Authenticated", "Attached", "Available", "Listening", "Writeable", "Connection", "Joined", "Operational", "Working", "Linked", "Good", "Ok",
    };

    /// <summary>Stages before the connection is open, or without a connection.</summary>
    private static readonly HashSet<string> Beginning = new(StringComparer.OrdinalIgnoreCase)
    {
        "Idle", "Created", "New", "Fresh", "Initial", "Init", "Initializing", "Initialized", "Uninitialized", "None", "Unknown", "Unset", "Default", "Undefined", "Connecting", "Opening", "Starting",
        "Handshake", "Handshaking", "Authenticating", "Pending", "Waiting", "Begin", "Not",
    };

    private readonly ConcurrentDictionary<ISymbol, bool?> _byWriters = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, Dictionary<object, IFieldSymbol>> _constants = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, ImmutableHashSet<long>> _endStages = new(SymbolEqualityComparer.Default);

    /// <summary>Words behind the one that counts: <c>_closeRequested</c>, <c>_disposedValue</c>.</summary>
    private static readonly HashSet<string> Neutral = new(StringComparer.OrdinalIgnoreCase)
    {
        "Requested", "Value", "Flag", "Called", "Received", "Sent", "Already", "Now", "Signaled", "Signalled", "Invoked", "Begun", "Initiated", "Pending", "Or", "Int", "Count",
    };

    /// <summary>The value of the flag that means usable, by its name; null when the name says nothing.</summary>
    public static bool? ByName(string name)
    {
        var words = Words(name).TakeWhile(w => !w.Equals("By", StringComparison.OrdinalIgnoreCase)).ToList();
        var last = words.Count - 1;
        while (last > 0 && Neutral.Contains(words[last])) last--;
        if (last < 0) return null;
        bool? found = Ended.Contains(words[last]) ? false : Usable.Contains(words[last]) ? true : null;
        if (found is null && words[0].Equals("Can", StringComparison.OrdinalIgnoreCase) && last > 0) found = true;
        var negated = words.Any(w => w.Equals("Not", StringComparison.OrdinalIgnoreCase) || w.Equals("No", StringComparison.OrdinalIgnoreCase) || w.Equals("Isnt", StringComparison.OrdinalIgnoreCase));
        return negated ? !found : found;
    }

    /// <summary>Does this constraint on a flag or state mean that the connection may be used?</summary>
    public bool MeansUsable(ISymbol member, Constraint constraint)
    {
        var facts = analysis.Catalogue.Of(member);
        if ((facts.Roles & Role.Alive) != 0) return true;
        if (member is IFieldSymbol { IsConst: true }) return false;
        if (TypeOf(member) is INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration) return EnumMeansUsable(member, facts, enumeration, constraint);
        if (member is IMethodSymbol { Name: "Poll" or "Peek" }) return true;
        var usableWhen = (facts.Roles & Role.State) != 0 ? analysis.Catalogue.IsUsable(member, true) : null;
        if (usableWhen is null && CountsStages(member.Name) && StageMeansUsable(member, constraint) is { } known) return known;
        usableWhen ??= ByName(member.Name) ?? (member is IMethodSymbol && analysis.Connections.AnswersState(member) ? true : ByWriters(member));
        if (usableWhen is not { } wanted) return false;
        return wanted ? IsTrue(constraint) : IsFalse(constraint);
    }

    private static ITypeSymbol? TypeOf(ISymbol member)
    {
        var type = Symbols.TypeOfValue(member);
        return type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
    }

    private static bool IsTrue(Constraint constraint) =>
        constraint.IsTrue || (constraint.Includes ? constraint.Values.All(v => v is long and not 0) : constraint.Values.Contains(0L));

    private static bool IsFalse(Constraint constraint) =>
        constraint.IsFalse || (constraint.Includes ? constraint.Values.All(v => v is 0L) : constraint.Values.Any(v => v is long and not 0));

    private bool EnumMeansUsable(ISymbol member, MemberFacts facts, INamedTypeSymbol type, Constraint constraint)
    {
        var usable = false;
        foreach (var value in constraint.Values)
        {
            var verdict = Verdict(member, facts, type, value);
            // Of the excluded values one that means the end is enough: the code has asked whether it is over.
            if (!constraint.Includes && verdict == false) return true;
            usable |= verdict == true;
        }

        return constraint.Includes && usable;
    }

    /// <summary>
    /// The stage asked for has a name that says nothing, but it is none of those in which it begins, and of the others one is the end:
    /// <c>lane.Phase == LanePhase.Flowing</c>.
    /// </summary>
    public bool ExcludesEnd(ISymbol member, Constraint constraint)
    {
        if (!constraint.Includes || TypeOf(member) is not INamedTypeSymbol { TypeKind: TypeKind.Enum } type || !CountsStages(member.Name)) return false;
        var constants = _constants.GetOrAdd(type, ConstantsOf);
        return constraint.Values.Any() && constraint.Values.All(v => v is not null && constants.TryGetValue(v, out var field) && ByName(field.Name) is null && !IsBeginning(field.Name))
            && constants.Values.Any(f => ByName(f.Name) == false);
    }

    private static bool IsBeginning(string stage) => Words(stage).Any(Beginning.Contains);

    private bool? Verdict(ISymbol member, MemberFacts facts, INamedTypeSymbol type, object? value)
    {
        if (value is null || !_constants.GetOrAdd(type, ConstantsOf).TryGetValue(value, out var field)) return null;
        return (facts.Roles & Role.State) != 0 && analysis.Catalogue.IsUsable(member, field.ConstantValue) is { } known ? known : ByName(field.Name);
    }

    /// <summary>The constants of an enumeration by their values; of two names for one value the first.</summary>
    private static Dictionary<object, IFieldSymbol> ConstantsOf(INamedTypeSymbol type)
    {
        var constants = new Dictionary<object, IFieldSymbol>();
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } field && Constants.Normalize(field.ConstantValue) is { } value && !constants.ContainsKey(value)) constants.Add(value, field);
        }

        return constants;
    }

    /// <summary>The name of a number that tells how far a life has come.</summary>
    public static bool CountsStages(string name) => Words(name).Any(w => w.ToLowerInvariant() is "state" or "status" or "phase" or "stage");

    /// <summary>
    /// What a set of stages says: a stage that an ending method enters, or whose constant says so, is the end.
    /// Null where no end is known.
    /// </summary>
    private bool? StageMeansUsable(ISymbol member, Constraint constraint)
    {
        if (member is not (IFieldSymbol { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Byte or SpecialType.System_Int16 } or IPropertySymbol { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Byte or SpecialType.System_Int16 })) return null;
        if (!analysis.Summaries.IsOwn(member)) return null;
        var ends = _endStages.GetOrAdd(member, FindEndStages);
        if (ends.IsEmpty) return null;
        return constraint.Includes ? !constraint.Values.Any(v => v is long stage && ends.Contains(stage)) : constraint.Values.Any(v => v is long stage && ends.Contains(stage));
    }

    private ImmutableHashSet<long> FindEndStages(ISymbol member)
    {
        var ends = ImmutableHashSet.CreateBuilder<long>();
        foreach (var (value, model) in Assignments.To(member, analysis)) Add(value, model);
        foreach (var (_, value) in WritesByReference(member)) Add(value, analysis.Bodies.ModelOf(value.SyntaxTree));

        return ends.ToImmutable();

        void Add(ExpressionSyntax value, SemanticModel model)
        {
            if (Constants.Normalize(model.GetConstantValue(value) is { HasValue: true, Value: var constant } ? constant : null) is not long stage) return;
            var isNamed = value is IdentifierNameSyntax or MemberAccessExpressionSyntax && ByName(value.ToString().Split('.').Last()) == false;
            if (isNamed || value.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText is { } name && IsEnding(name) || EndsNext(value)) ends.Add(stage);
        }
    }

    /// <summary>Whoever enters the stage ends the same object at once: <c>link._state = 0xff; link.Close();</c></summary>
    private static bool EndsNext(ExpressionSyntax value)
    {
        if (value.Parent is not AssignmentExpressionSyntax { Left: var target, Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } entering }) return false;
        return block.Statements.ElementAtOrDefault(block.Statements.IndexOf(entering) + 1) is ExpressionStatementSyntax { Expression: var next }
            && (next is AwaitExpressionSyntax awaited ? awaited.Expression : next) is InvocationExpressionSyntax { Expression: var ending }
            && IsEnding(ending.LastWord()) && OwnerOf(ending) == OwnerOf(target);
    }

    private static string OwnerOf(ExpressionSyntax member) => member is MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax and var owner } ? owner.ToString() : "";

    private bool? ByWriters(ISymbol member)
    {
        if (member is not (IFieldSymbol or IPropertySymbol) || !analysis.Summaries.IsOwn(member)) return null;
        return _byWriters.GetOrAdd(member, FindByWriters);
    }

    private bool? FindByWriters(ISymbol member)
    {
        foreach (var (value, _) in Assignments.To(member, analysis))
        {
            var name = value.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText;
            if (name is null || !IsEnding(name)) continue;
            if (MeansEnded(value) is { } ended) return !ended;
        }

        foreach (var (call, value) in WritesByReference(member))
        {
            if (call.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText is { } name && IsEnding(name) && MeansEnded(value) is { } ended) return !ended;
        }

        return null;
    }

    /// <summary><c>Volatile.Write(ref _state, 2)</c>, <c>Interlocked.Exchange(ref _closed, 1)</c></summary>
    private IEnumerable<(SyntaxNode Call, ExpressionSyntax Value)> WritesByReference(ISymbol member)
    {
        foreach (var code in analysis.Holders.CodeOf(member.ContainingType))
        {
            if (!code.Identifiers.Contains(member.Name) || !code.Identifiers.Contains("ref")) continue;
            foreach (var call in code.Declaration.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (call.ArgumentList.Arguments is [{ RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword, Expression: IdentifierNameSyntax target }, { Expression: var value }, ..] && target.Identifier.ValueText == member.Name)
                    yield return (call, value);
            }
        }
    }

    /// <summary>The value that an ending method writes: true and not zero say that it has ended.</summary>
    private static bool? MeansEnded(ExpressionSyntax value) => value switch
    {
        { RawKind: (int)SyntaxKind.TrueLiteralExpression } => true,
        { RawKind: (int)SyntaxKind.FalseLiteralExpression } => false,
        LiteralExpressionSyntax { Token.Value: int number } => number != 0,
        PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax { Token.Value: int } } => true,
        _ => null,
    };

    public static bool IsEnding(string name)
    {
        var first = Words(name).FirstOrDefault();
        return first is "Dispose" or "Close" or "Stop" or "Disconnect" or "Abort" or "Shutdown" or "Shut" or "End" or "Terminate" or "Kill" or "Finish" or "Detach"
            || name is "OnClosed" or "OnClose" or "OnDisconnected" or "OnDisconnect";
    }

    /// <summary>The words of an identifier: <c>_isClosed</c> has <c>is</c> and <c>Closed</c>.</summary>
    public static IEnumerable<string> Words(string name)
    {
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            var boundary = i == name.Length || name[i] == '_' || char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || i + 1 < name.Length && char.IsLower(name[i + 1]));
            if (!boundary) continue;
            var word = name.Substring(start, i - start).Trim('_');
            if (word.Length > 0) yield return word;
            start = i;
        }
    }
}
