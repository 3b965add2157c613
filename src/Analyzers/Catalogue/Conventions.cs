using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>Connections and their members known by name and shape: the source that comes last.</summary>
internal sealed class Conventions(CatalogueOptions options, Func<ITypeSymbol, bool> isConnection)
{
    public static readonly ImmutableArray<string> Endings = ["Connection", "Session", "Socket", "Channel", "Client", "Stream", "Transport", "Peer", "Link", "Tunnel"];

    private static readonly string[] Sending = ["Send", "Write", "Publish", "Request", "Execute", "Invoke", "Emit", "Transmit", "Post"];
    private static readonly string[] Closing = ["Close", "Dispose", "Disconnect", "Stop", "Abort", "Shutdown"];
    private static readonly string[] Opening = ["Open", "Connect", "Start", "Dial"];
    private static readonly string[] Using = ["Query", "Call", "Subscribe", "Fetch"];
    private static readonly string[] Registering = ["On", "Register", "Subscribe", "Listen", "Handle"];

    private static readonly HashSet<string> States = new(StringComparer.Ordinal)
    {
        "IsOpen", "IsConnected", "Connected", "IsAlive", "IsClosed", "IsClosing", "IsReady", "IsWritable", "IsUsable", "IsRunning", "CanSend", "CanWrite",
    };

    private static readonly HashSet<string> EnumStates = new(StringComparer.Ordinal) { "State", "Status", "ReadyState", "ConnectionState", "WriteStatus", "WriteState" };

    private static readonly HashSet<string> Errors = new(StringComparer.Ordinal)
    {
        "Error", "ErrorOccurred", "ErrorReceived", "Faulted", "ConnectionFailed", "CallbackException",
    };

    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal)
    {
        "Closed", "Close", "Closing", "Disconnected", "Disconnect", "Ended", "End", "Terminated", "Aborted", "Stopped", "Lost", "ShutDown", "Shutdown", "Completion", "Dropped",
    };

    private static readonly HashSet<string> Readies = new(StringComparer.Ordinal)
    {
        "Connected", "Connect", "Reconnected", "Opened", "Open", "Ready", "Established", "Restored", "Recovered",
    };

    /// <summary>Is this last word of the name one of a connection? Case-sensitively: an Uplink is no Link.</summary>
    public static bool IsConnectionName(string name)
    {
        foreach (var ending in Endings)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Does the method's name begin like one that opens its receiver?</summary>
    public static bool IsOpeningName(string name) => name.BeginsWithAny(Opening);

    /// <summary>Has the type, by its name and its members, the shape of a connection?</summary>
    public bool IsConnection(INamedTypeSymbol type, IAssemblySymbol own)
    {
        if (type.IsStatic || type.TypeKind is not (TypeKind.Class or TypeKind.Interface) || !IsConnectionName(type.Name)) return false;
        if (IsFrameworks(type, own)) return false;
        bool sends = false, tells = false, ends = false;
        foreach (var member in Members(type))
        {
            if (member.IsImplicitlyDeclared || member.DeclaredAccessibility == Accessibility.Private || member.IsStatic) continue;
            switch (member)
            {
                case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                    sends |= IsSend(method);
                    ends |= method.Name.BeginsWithAny(Closing) || IsExtra(method.Name, options.CloseMembers);
                    if (method.Parameters.IsEmpty) Tells(method, method.ReturnType, ref tells, ref ends);
                    break;
                case IPropertySymbol property:
                    Tells(property, property.Type, ref tells, ref ends);
                    break;
                case IFieldSymbol field:
                    Tells(field, field.Type, ref tells, ref ends);
                    break;
            }

            if (sends && tells && ends) return true;
        }

        return false;

        void Tells(ISymbol member, ITypeSymbol value, ref bool tells, ref bool ends)
        {
            // What every Stream of the framework has says nothing of a connection.
            if (!IsQualifyingState(member.Name, value) || IsInherited(member)) return;
            tells = true;
            ends |= value is INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration && StateValues.TellsEnd(enumeration);
        }

        bool IsInherited(ISymbol member)
        {
            for (var declared = member; declared is not null; declared = Overridden(declared))
            {
                if (IsFrameworks(declared.ContainingType, own)) return true;
            }

            return false;
        }
    }

    /// <summary>The framework's types are connections by the catalogue or not at all.</summary>
    public static bool IsFrameworks(INamedTypeSymbol? type, IAssemblySymbol own)
    {
        if (type is null || SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, own)) return false;
        var space = type.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false }) space = space.ContainingNamespace;
        return space is { Name: "System" or "Microsoft" };
    }

    public Role Of(ISymbol member)
    {
        if (member.IsImplicitlyDeclared || member.DeclaredAccessibility == Accessibility.Private) return Role.None;
        return member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.DeclareMethod } method => OfMethod(method),
            IEventSymbol { IsStatic: false } => OfEvent(member.Name),
            IPropertySymbol { IsStatic: false, IsIndexer: false } property => OfValue(property, property.Type),
            IFieldSymbol { IsStatic: false } field => OfValue(field, field.Type),
            _ => Role.None,
        };
    }

    private Role OfMethod(IMethodSymbol method)
    {
        var name = method.Name;
        if (method.IsStatic && !method.IsExtensionMethod) return CreatesOpen(method) ? Role.Create : Role.None;
        if (name.BeginsWith("Try")) return Role.Quiet | (name.Substring(3).BeginsWithAny(Opening) ? Role.Open : Role.None);
        if (name.BeginsWith("Request") && name.Substring(7).BeginsWithAny([.. Closing, "Cancel"])) return Role.Close;
        if (IsSend(method)) return Role.Send;
        if (name.BeginsWith("Begin") && name.Length > 5) return OfBegin(name.Substring(5));
        if (name.BeginsWith("Ensure")) return name.Substring(6).BeginsWithAny(["Open", "Opened", "Connected", "Connection", "Started", "Ready", "Alive"]) ? Role.Ensures : Role.None;
        if (name.BeginsWith("Ping") || name is "IsAlive" or "IsAliveAsync" or "Poll" or "PollAsync" or "IsStillConnected") return Role.Alive;
        if (method.Parameters.IsEmpty && IsState(name, StateValues.Unwrapped(method.ReturnType))) return Role.State;
        if (name.BeginsWithAny(Closing) || name.BeginsWith("ShutDown") || IsExtra(name, options.CloseMembers)) return Role.Close;
        if (name.BeginsWithAny(Opening)) return OfOpening(method);
        var roles = Role.None;
        if (name.BeginsWithAny(Registering) && method.Parameters.Any(p => p.Type.TypeKind == TypeKind.Delegate)) roles |= Role.Registers;
        if (name.BeginsWithAny(Using)) roles |= Role.Use;
        if (name.BeginsWith("Create") && isConnection(StateValues.Unwrapped(method.ReturnType))) roles |= Role.Use;
        if (name.BeginsWith("Receive") || name.BeginsWith("Read")) roles |= Role.Receive;
        if (name.BeginsWith("Get") && method.Parameters.IsEmpty && IsPart(method.ReturnType)) roles |= Role.Accessor;
        return roles;
    }

    private static Role OfBegin(string rest) =>
        rest.BeginsWithAny(Sending) ? Role.Send : rest.BeginsWithAny(Opening) ? Role.Open : rest.BeginsWith("Receive") || rest.BeginsWith("Read") ? Role.Receive : Role.None;

    /// <summary><c>ConnectAsync()</c> opens its receiver; <c>OpenStream()</c> opens something on it.</summary>
    private Role OfOpening(IMethodSymbol method)
    {
        var result = StateValues.Unwrapped(method.ReturnType);
        if (isConnection(result)) return CreatesOpen(method) ? Role.Use | Role.Create : Role.Use;
        var nothing = result.SpecialType is SpecialType.System_Void or SpecialType.System_Boolean || result.Name is "Task" or "ValueTask" or "IAsyncResult";
        var bare = method.Name.EndsWith("Async", StringComparison.Ordinal) ? method.Name.Substring(0, method.Name.Length - 5) : method.Name;
        return nothing || Array.IndexOf(Opening, bare) >= 0 ? Role.Open : Role.Use;
    }

    /// <summary>
    /// A factory whose connection is open: a static one of the type itself, or one without a body to look into. In a body of this
    /// compilation the opening itself is seen.
    /// </summary>
    public bool CreatesOpen(IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.Ordinary || method.DeclaredAccessibility == Accessibility.Private) return false;
        if (!method.Name.BeginsWithAny(Opening) && !method.Name.BeginsWith("Accept") || method.ContainingType is not { } owner) return false;
        var result = StateValues.Unwrapped(method.ReturnType);
        if (method.IsStatic && SymbolEqualityComparer.Default.Equals(result.OriginalDefinition, owner.OriginalDefinition)) return true;
        return isConnection(result) && (method.IsAbstract || method.DeclaringSyntaxReferences.IsEmpty);
    }

    private bool IsSend(IMethodSymbol method) =>
        method.Name.BeginsWithAny(Sending) && !method.Name.BeginsWith("RequestClose") && !method.Name.BeginsWith("InvokeOn") && !AsksForIncoming(method.Name) || IsExtra(method.Name, options.SendMembers);

    /// <summary><c>RequestAccept</c>, <c>RequestRead</c>: nothing goes out by it.</summary>
    public static bool AsksForIncoming(string name) => name.BeginsWith("RequestAccept") || name.BeginsWith("RequestRead") || name.BeginsWith("RequestReceive");

    private static bool IsPart(ITypeSymbol type)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.Name is "Stream" or "Socket" or "PipeWriter" or "PipeReader" or "IDuplexPipe" or "StreamWriter" or "StreamReader" or "BinaryWriter"
                && candidate.ContainingNamespace is { Name: "IO" or "Pipelines" or "Sockets" }) return true;
        }

        return false;
    }

    private Role OfValue(ISymbol member, ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Delegate) return OfEvent(member.Name);
        if (type.Name is "Task" or "ValueTask" && type is INamedTypeSymbol { ContainingNamespace.Name: "Tasks" }) return OfEvent(member.Name) & Role.Ended;
        if (IsState(member.Name, type)) return Role.State;
        return member is IPropertySymbol && (IsPart(type) || isConnection(type)) ? Role.Accessor : Role.None;
    }

    private bool IsQualifyingState(string name, ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => States.Contains(name) || IsExtra(name, options.StateMembers),
        INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration => (EnumStates.Contains(name) || IsExtra(name, options.StateMembers)) && StateValues.TellsUse(enumeration),
        _ => false,
    };

    /// <summary>On what is a connection already, more names than those that make one count.</summary>
    private bool IsState(string name, ITypeSymbol type) => IsQualifyingState(name, type) || type switch
    {
        { SpecialType: SpecialType.System_Boolean } => StateValues.IsNegative(name),
        INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration =>
            (name.EndsWith("State", StringComparison.Ordinal) || name.EndsWith("Status", StringComparison.Ordinal)) && !name.BeginsWith("Read") && StateValues.TellsUse(enumeration),
        _ => false,
    };

    private static Role OfEvent(string name)
    {
        var word = Trimmed(name);
        if (Errors.Contains(word)) return Role.Error;
        if (Ends.Contains(word)) return Role.Ended;
        if (Readies.Contains(word)) return Role.Ready;
        foreach (var owner in Endings)
        {
            if (!word.StartsWith(owner, StringComparison.Ordinal)) continue;
            var rest = word.Substring(owner.Length);
            return Ends.Contains(rest) ? Role.Ended : Readies.Contains(rest) ? Role.Ready : rest is "Error" or "Faulted" ? Role.Error : Role.None;
        }

        return Role.None;
    }

    /// <summary><c>OnClosedAsync</c> speaks of Closed.</summary>
    private static string Trimmed(string name)
    {
        if (name.Length > 2 && name.BeginsWith("On")) name = name.Substring(2);
        foreach (var end in (string[])["Async", "Event", "Handler"])
        {
            if (name.Length > end.Length && name.EndsWith(end, StringComparison.Ordinal)) name = name.Substring(0, name.Length - end.Length);
        }

        return name;
    }

    private static bool IsExtra(string name, ImmutableArray<string> names)
    {
        foreach (var extra in names)
        {
            if (extra == name || extra.EndsWith("*", StringComparison.Ordinal) && name.StartsWith(extra.Substring(0, extra.Length - 1), StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        for (var candidate = type; candidate is { SpecialType: not SpecialType.System_Object }; candidate = candidate.BaseType)
        {
            foreach (var member in candidate.GetMembers()) yield return member;
        }

        foreach (var implemented in type.AllInterfaces)
        {
            foreach (var member in implemented.GetMembers()) yield return member;
        }
    }

    internal static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        IEventSymbol e => e.OverriddenEvent,
        _ => null,
    };
}
