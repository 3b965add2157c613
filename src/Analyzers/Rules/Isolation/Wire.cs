using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

internal enum WireUse
{
    None,

    /// <summary>Bytes or messages go out.</summary>
    Write,

    /// <summary>Bytes or messages come in.</summary>
    Read,
}

/// <summary>What a call does on a connection, seen as one half of an exchange.</summary>
internal static class Wire
{
    private static readonly string[] Reading = ["Receive", "Read", "Recv", "GetResponse", "GetReply", "WaitForReply", "WaitForResponse", "AwaitReply", "AwaitResponse", "Fill"];

    /// <summary>Words without which no member writes and reads.</summary>
    public static bool MayWrite(HashSet<string> invoked) => invoked.Any(w => w.StartsWith("Send", StringComparison.Ordinal) || w.StartsWith("Write", StringComparison.Ordinal) || w.StartsWith("Publish", StringComparison.Ordinal) || w.StartsWith("Transmit", StringComparison.Ordinal) || w.StartsWith("Post", StringComparison.Ordinal) || w.StartsWith("Emit", StringComparison.Ordinal) || w == "FlushAsync");

    public static bool MayRead(HashSet<string> invoked) => invoked.Any(IsReading);

    public static WireUse Of(IInvocationOperation call, Analysis analysis)
    {
        var type = Receiver(call)?.Type;
        if (type is null) return WireUse.None;
        var name = call.TargetMethod.Name;
        if (analysis.Connections.IsCarrier(type))
        {
            if (name.StartsWith("Write", StringComparison.Ordinal) || name is "BeginWrite" || name == "FlushAsync" && type.Name == "PipeWriter") return WireUse.Write;
            return name.StartsWith("Read", StringComparison.Ordinal) || name is "CopyTo" or "CopyToAsync" or "EndRead" ? WireUse.Read : WireUse.None;
        }

        if (analysis.Connections.TypeOf(type) is not { } known || (known.Traits & (Traits.Reconnects | Traits.Response | Traits.Operation | Traits.Pooled)) != 0) return WireUse.None;
        var roles = analysis.Connections.RolesOf(call.TargetMethod, type);
        if ((roles & Role.Receive) != 0) return WireUse.Read;
        if (IsReading(name) && (roles & (Role.Send | Role.State | Role.Close)) == 0) return WireUse.Read;
        return (roles & Role.Send) != 0 && (roles & Role.Quiet) == 0 && !IsWhole(name) ? WireUse.Write : WireUse.None;
    }

    /// <summary>The object that a call is made on; of an extension its first argument.</summary>
    public static IOperation? Receiver(IInvocationOperation call)
    {
        var receiver = call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value : null);
        if (receiver is null) return null;
        receiver = Code.Unwrapped(receiver);
        return receiver is IConditionalAccessInstanceOperation instance && ConditionalAccess.ReceiverOf(instance) is { } asked ? Code.Unwrapped(asked) : receiver;
    }

    /// <summary>
    /// Where the connection of an expression is kept, or the variable that it comes from: the first member of <c>this</c>, a primary
    /// constructor's parameter, a parameter, a local that is made here.
    /// </summary>
    /// <param name="expression">The expression.</param>
    /// <param name="isOwn">Says of a local that it is no part of what it was made from: a lease, <c>new Lease(_pool, client)</c>.</param>
    /// <param name="depth">How many steps are followed.</param>
    public static ISymbol? KeyOf(IOperation? expression, Func<ILocalSymbol, bool>? isOwn = null, int depth = 4)
    {
        ISymbol? last = null;
        for (var part = expression; part is not null && depth > 0; part = Inner(part))
        {
            switch (part)
            {
                // What a connection is made with is no place that it is kept in: `new Socket(SocketType.Stream, …)`.
                case IFieldReferenceOperation { Field.IsConst: true }:
                    return null;
                case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field:
                    return field.Field;
                case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } property:
                    return property.Property;
                case IParameterReferenceOperation parameter:
                    return parameter.Parameter;
                case ILocalReferenceOperation local:
                    return isOwn?.Invoke(local.Local) == true ? local.Local : Source(local, isOwn, depth - 1) ?? local.Local;
                case IInstanceReferenceOperation:
                    return last;
            }
        }

        return null;
    }

    private static IOperation? Inner(IOperation part) => part switch
    {
        IObjectCreationOperation creation => creation.Arguments.FirstOrDefault()?.Value,
        ICoalesceOperation coalesce => coalesce.Value,
        IInvocationOperation { Instance: null, TargetMethod.IsExtensionMethod: false } => null,
        _ => OutlivingWork.Inner(part),
    };

    /// <summary>What a local was made from, when that is kept somewhere else: <c>var stream = _client.GetStream();</c>.</summary>
    private static ISymbol? Source(ILocalReferenceOperation local, Func<ILocalSymbol, bool>? isOwn, int depth)
    {
        if (local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax declared || local.SemanticModel is not { } model || model.SyntaxTree != declared.SyntaxTree) return null;
        // Declared with nothing, it is what it is given first: `WireClient? wire; lock (_sync) wire = _wire;`.
        if (Assignments.To(local.Local, declared, model).FirstOrDefault() is not { } initial || model.GetOperation(initial) is not { } value) return null;
        // What a call answers is its own object unless it is a part of its receiver.
        if (Code.Unwrapped(value) is IInvocationOperation { Instance: { } } call && call.TargetMethod.Name is not ("GetStream" or "AsStream")) return null;
        return Code.Unwrapped(value) is IAwaitOperation ? null : KeyOf(Code.Unwrapped(value), isOwn, depth);
    }

    /// <summary>It outlives the call: a field, a property, a static, a parameter of the type itself.</summary>
    public static bool IsKept(ISymbol key) => key is IFieldSymbol or IPropertySymbol && !IsWoundBack(key) || key is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } };

    private static readonly ConditionalWeakTable<ISymbol, StrongBox<bool>> WoundBack = new();

    /// <summary>A stream that is wound back lies in memory or in a file: <c>_answer.Seek(0, SeekOrigin.Begin)</c>.</summary>
    private static bool IsWoundBack(ISymbol key) => Symbols.TypeOf(key)?.Name == "Stream" && WoundBack.GetValue(key, static k => new(Winds(k))).Value;

    private static bool Winds(ISymbol key) =>
        key.ContainingType.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantNodes()).OfType<MemberAccessExpressionSyntax>()
            .Any(access => access.Name.Identifier.ValueText is "Seek" or "SetLength" or "Position" && access.Expression.LastWord() == key.Name);

    private static bool IsReading(string name) => name.BeginsWithAny(Reading);

    /// <summary>A call that waits for the answer itself.</summary>
    private static bool IsWhole(string name) =>
        name.StartsWith("SendAndReceive", StringComparison.Ordinal) || name.StartsWith("SendRequest", StringComparison.Ordinal) || name.StartsWith("Request", StringComparison.Ordinal) || name.StartsWith("Execute", StringComparison.Ordinal) || name.StartsWith("Invoke", StringComparison.Ordinal);
}
