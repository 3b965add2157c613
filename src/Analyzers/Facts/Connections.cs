using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>The engine's questions to the catalogue.</summary>
internal sealed class Connections(Analysis analysis)
{
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _mattering = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _carriers = new(SymbolEqualityComparer.Default);

    /// <summary>The connection that a type is. A stream of the user's own is one only by what it is made from: it may lie in memory.</summary>
    public ConnectionType? TypeOf(ITypeSymbol? type) =>
        type is null || analysis.Catalogue.Find(type) is not { } known || known.Source == Source.Convention && IsCarrier(type) ? null : known;

    /// <summary>A type that carries bytes to a connection without being one: a stream, a writer, a pipe.</summary>
    public bool IsCarrier(ITypeSymbol? type) => type is not null && _carriers.GetOrAdd(type, static t =>
    {
        for (var candidate = t; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.Name is "MemoryStream" or "FileStream" or "StringWriter" or "StringReader" or "UnmanagedMemoryStream") return false;
            if (candidate.Name is "Stream" or "TextWriter" or "BinaryWriter" or "PipeWriter" or "TextReader" or "BinaryReader" or "PipeReader"
                && candidate.ContainingNamespace?.ToDisplayString() is "System.IO" or "System.IO.Pipelines") return true;
            // A command runs on the connection that it was made with.
            if (candidate.Name == "DbCommand" && candidate.ContainingNamespace?.ToDisplayString() == "System.Data.Common") return true;
        }

        return t.Name == "IDuplexPipe";
    });

    /// <summary>A connection, or what carries bytes to one.</summary>
    public bool LeadsToPeer(ITypeSymbol? type) => TypeOf(type) is not null || IsCarrier(type);

    /// <summary>Datagrams have no peer whose end could be noticed, or that could end the session.</summary>
    public static bool IsWithoutPeer(ITypeSymbol? type) => type is { Name: "UdpClient", ContainingNamespace.Name: "Sockets" };

    /// <summary>Values of this type may be connections, lead to them, or tell of them; others need not be followed.</summary>
    public bool Matters(ITypeSymbol? type) => type is not null && _mattering.GetOrAdd(type, t => Matters(t, 3));

    private bool Matters(ITypeSymbol type, int depth)
    {
        if (LeadsToPeer(type)) return true;
        switch (type)
        {
            case IArrayTypeSymbol array:
                return depth > 0 && Matters(array.ElementType, depth - 1);
            case INamedTypeSymbol { TypeKind: TypeKind.Struct, IsGenericType: false } own when depth > 0 && analysis.Summaries.IsOwn(own):
                return own.GetMembers().Any(m => m is IFieldSymbol { IsStatic: false, Type: { IsReferenceType: true } held } && LeadsToPeer(held));
            case ITypeParameterSymbol or IDynamicTypeSymbol or { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Delegate }:
                return true;
            case { SpecialType: not SpecialType.None } or { TypeKind: TypeKind.Enum } or INamedTypeSymbol { IsValueType: true, IsGenericType: false }:
                return false;
            case INamedTypeSymbol named:
                if (named.TypeArguments.Any(a => depth > 0 && Matters(a, depth - 1))) return true;
                // Of our own classes any may hold a connection; of the libraries' those that the catalogue does not know do not.
                return analysis.Summaries.IsOwn(named) || named.Name is "IAsyncResult" or "HttpContext" || named.Name.EndsWith("Lazy", StringComparison.Ordinal) || named.Name.EndsWith("Builder", StringComparison.Ordinal) || named.Name.EndsWith("Factory", StringComparison.Ordinal) || named.Name.EndsWith("Pool", StringComparison.Ordinal) || named.Name.EndsWith("Cache", StringComparison.Ordinal);
            default:
                return false;
        }
    }

    public Role RolesOf(ISymbol member, ITypeSymbol? receiver)
    {
        var roles = (receiver is null ? analysis.Catalogue.Of(member) : analysis.Catalogue.Of(member, receiver)).Roles;
        return roles == Role.None && member is IMethodSymbol { IsStatic: true } method && IsOpeningFactory(method) ? Role.Create : roles;
    }

    /// <summary><c>static Task&lt;T&gt; T.ConnectAsync(…)</c>: what it answers is open already.</summary>
    private bool IsOpeningFactory(IMethodSymbol method)
    {
        if (ClosingFlags.Words(method.Name).FirstOrDefault() is not ("Connect" or "Open" or "Dial")) return false;
        var result = StateValues.Unwrapped(method.ReturnType);
        return SymbolEqualityComparer.Default.Equals(result.OriginalDefinition, method.ContainingType?.OriginalDefinition) && TypeOf(result) is not null;
    }

    public MemberFacts FactsOf(ISymbol member, ITypeSymbol? receiver) =>
        receiver is null ? analysis.Catalogue.Of(member) : analysis.Catalogue.Of(member, receiver);

    /// <summary>An event or callback property by which a connection tells that it failed or ended.</summary>
    public bool TellsFailure(ISymbol member) => (analysis.Catalogue.Of(member).Roles & (Role.Error | Role.Ended)) != 0;

    public bool IsOpenedBySetting(ISymbol? member) => member is IPropertySymbol && (analysis.Catalogue.Of(member).Roles & Role.Open) != 0;

    public bool IsCreatedOpen(ITypeSymbol? type, IMethodSymbol constructor) =>
        TypeOf(type) is { } connection && (connection.Traits & Traits.CreatedOpen) != 0 || (analysis.Catalogue.Of(constructor).Roles & Role.Create) != 0;

    /// <summary>The state of a connection, or a flag of its owner that may be one.</summary>
    public bool IsStateLike(ISymbol member)
    {
        if ((analysis.Catalogue.Of(member).Roles & (Role.State | Role.Alive)) != 0) return true;
        var type = member is IPropertySymbol property ? property.Type : (member as IMethodSymbol)?.ReturnType;
        return type is { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_Boolean }
            && member is IPropertySymbol or IMethodSymbol { Parameters.Length: 0 } && ClosingFlags.ByName(member.Name) is not null;
    }

    /// <summary>A bool <c>Is…</c>, <c>Can…</c> or <c>Try…</c> of a library, whose answer decides about a send.</summary>
    public bool AnswersState(ISymbol member) =>
        member is IMethodSymbol method && !analysis.Summaries.IsOwn(method)
        && (method.Name.BeginsWith("Is") || method.Name.BeginsWith("Can"))
        && TypeOf(method.IsExtensionMethod ? method.Parameters.FirstOrDefault()?.Type : method.ContainingType) is not null;

    /// <summary>The connection (or stream over one) that a new stream or writer is made on.</summary>
    public Place? Wraps(ITypeSymbol? created, ImmutableArray<Value> arguments, ImmutableArray<IArgumentOperation> syntax)
    {
        if (!IsCarrier(created)) return null;
        foreach (var argument in syntax)
        {
            if (argument.Parameter is not { Ordinal: var ordinal, Type: var type } || ordinal >= arguments.Length) continue;
            if (!LeadsToPeer(type) && !LeadsToPeer(argument.Value.Type)) continue;
            if (arguments[ordinal].Places.FirstOrDefault() is { } place) return place;
        }

        return null;
    }
}
