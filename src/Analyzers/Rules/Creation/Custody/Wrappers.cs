using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>
/// A class of this compilation around a socket of its own that lacks what makes it a connection by convention (it tells no state):
/// whoever makes one and opens it has the socket to close all the same.
/// </summary>
internal sealed class Wrappers(Analysis analysis, Endings endings, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _types = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _opens = new(SymbolEqualityComparer.Default);

    /// <summary>Named like a connection, and closing the connection in its field when it is disposed.</summary>
    public bool IsOne(INamedTypeSymbol type) => _types.GetOrAdd(type.OriginalDefinition, Find);

    private bool Find(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsAbstract: false } && analysis.Summaries.IsOwn(type) && Conventions.IsConnectionName(type.Name) && analysis.Connections.TypeOf(type) is null
        && type.AllInterfaces.Any(i => i.Name is "IDisposable" or "IAsyncDisposable") && Held(type).Any(endings.IsClosedByItsType);

    private IEnumerable<IFieldSymbol> Held(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(f => f is { IsStatic: false, DeclaredAccessibility: Accessibility.Private } && Openings.IsOwnResource(analysis.Connections.TypeOf(f.Type)));

    /// <summary>The method opens what its wrapper holds: <c>_socket.ConnectAsync(…)</c>.</summary>
    public bool Opens(IMethodSymbol method) => method.ContainingType is { } type && IsOne(type) && _opens.GetOrAdd(method.OriginalDefinition, OpensHeld);

    private bool OpensHeld(IMethodSymbol method) =>
        !method.IsStatic && Conventions.IsOpeningName(method.Name) && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is MethodDeclarationSyntax syntax
        && analysis.Bodies.ModelOf(syntax.SyntaxTree).GetOperation(syntax, cancellation)?.Descendants().OfType<IInvocationOperation>()
            .Any(i => i.Instance is IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var held } && (analysis.Connections.RolesOf(i.TargetMethod, held.Type) & Role.Open) != 0) == true;

    /// <summary>It answers a part of what its wrapper holds, which the wrapper closes: <c>GetStream()</c>.</summary>
    public bool IsAccessor(IMethodSymbol method) =>
        method is { IsStatic: false, Parameters.IsEmpty: true, ContainingType: { } type } && IsOne(type) && analysis.Connections.LeadsToPeer(method.ReturnType);
}
