using System.Globalization;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>Which values of a state member mean that the connection can be used.</summary>
internal static class StateValues
{
    /// <summary>Names of values by which an enum proves to be the state of a connection.</summary>
    public static readonly HashSet<string> Usable = new(StringComparer.OrdinalIgnoreCase)
    {
        "Open", "Connected", "Writable", "Established", "Ready", "Active",
    };

    /// <summary>Of a connection's state, these mean the same.</summary>
    private static readonly HashSet<string> AlsoUsable = new(StringComparer.OrdinalIgnoreCase)
    {
        "Opened", "Running", "Online", "Up", "Alive", "Usable", "Authenticated", "Writeable", "Started",
    };

    private static readonly HashSet<string> Ending = new(StringComparer.OrdinalIgnoreCase)
    {
        "Closing", "Closed", "Close", "Disconnected", "Disconnecting", "Faulted", "Fault", "Failed", "Aborted", "Aborting", "Disposed", "Disposing", "Ended", "Ending",
        "Stopped", "Stopping", "CloseSent", "CloseReceived", "None", "Broken", "Dead", "Shutdown", "ShutDown", "ShuttingDown", "Terminated", "Terminating", "Error", "Errored",
        "Lost", "NotConnected", "TimedOut", "Draining", "Drained", "Offline", "Down", "LocalClosed", "RemoteClosed",
    };

    /// <summary>Names of <see langword="bool"/> members that are true once the connection cannot be used any more.</summary>
    private static readonly HashSet<string> Negative = new(StringComparer.OrdinalIgnoreCase)
    {
        "IsClosed", "Closed", "IsClosing", "Closing", "IsDisposed", "Disposed", "IsDisposing", "IsFaulted", "Faulted", "IsStopped", "Stopped", "IsStopping", "IsEnded", "Ended",
        "IsBroken", "Broken", "IsDead", "IsDisconnected", "Disconnected", "IsAborted", "Aborted", "IsShutdown", "IsShutDown", "IsShuttingDown", "IsTerminated", "HasEnded",
        "HasClosed", "KeepAliveStopped", "IsCompleted", "Completed", "IsDraining",
    };

    /// <summary>Does the end of a connection show in this enum?</summary>
    public static bool TellsEnd(INamedTypeSymbol enumeration) =>
        enumeration.GetMembers().Any(m => m is IFieldSymbol && m.Name is "Closing" or "Closed" or "Disconnected" or "Faulted");

    public static bool TellsUse(INamedTypeSymbol enumeration) => enumeration.GetMembers().Any(m => m is IFieldSymbol && Usable.Contains(m.Name));

    public static bool IsNegative(string boolMember) => Negative.Contains(boolMember);

    public static bool? IsUsable(ISymbol member, MemberFacts facts, object? constant)
    {
        var type = TypeOf(member) is { } declared ? WithoutNull(declared) : null;
        if (constant is IFieldSymbol given) return given.HasConstantValue ? ByName(given.Name, facts) : null;
        if (constant is null) return null;
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration)
        {
            // Several names may stand for one value: what any of them says counts.
            bool? verdict = null;
            foreach (var field in enumeration.GetMembers().OfType<IFieldSymbol>())
            {
                if (field.HasConstantValue && Same(field.ConstantValue, constant)) verdict = ByName(field.Name, facts) ?? verdict;
            }

            return verdict ?? (facts.Usable.Contains(Text(constant)) ? true : null);
        }

        if (constant is bool truth)
        {
            if (type is not { SpecialType: SpecialType.System_Boolean }) return null;
            if (facts.Usable.IsEmpty) return truth != IsNegative(member.Name);
            return facts.Usable.Contains(truth ? "true" : "false");
        }

        if (facts.Usable.IsEmpty) return null;
        return facts.Usable.Contains(Text(constant));
    }

    private static bool? ByName(string name, MemberFacts facts)
    {
        if (!facts.Usable.IsEmpty)
        {
            if (facts.Usable.Contains(name)) return true;
            return Ending.Contains(name) ? false : null;
        }

        return Usable.Contains(name) || AlsoUsable.Contains(name) ? true : Ending.Contains(name) ? false : null;
    }

    public static ITypeSymbol WithoutNull(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    /// <summary>The type that the state of a member is asked in.</summary>
    public static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IPropertySymbol property => property.Type,
        IFieldSymbol field => field.Type,
        IMethodSymbol method => Unwrapped(method.ReturnType),
        _ => null,
    };

    /// <summary>What a task of it answers.</summary>
    public static ITypeSymbol Unwrapped(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments.Length: 1 } task ? task.TypeArguments[0] : type;

    private static bool Same(object? left, object right) => Number(left) is { } one && Number(right) is { } other && one == other;

    /// <summary>All enum values fit a decimal, whatever type they are based on and whatever type the caller has them in.</summary>
    private static decimal? Number(object? value) => value switch
    {
        int n => n,
        long n => n,
        byte n => n,
        short n => n,
        uint n => n,
        ushort n => n,
        sbyte n => n,
        ulong n => n,
        _ => null,
    };

    public static string Text(object constant) => constant is bool truth ? truth ? "true" : "false" : Convert.ToString(constant, CultureInfo.InvariantCulture) ?? "";
}
