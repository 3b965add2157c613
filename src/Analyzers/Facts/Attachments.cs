using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Whether any member of a type attaches an error handler to the connection that one of its fields holds.</summary>
internal sealed class Attachments(Analysis analysis)
{
    private readonly ConcurrentDictionary<ISymbol, bool> _made = new(SymbolEqualityComparer.Default);

    /// <param name="field">The field or property that holds the connection.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <param name="except">A body whose own attaching comes too late.</param>
    /// <param name="opener">The type that opens it: what its sisters do to their own does not help.</param>
    public bool IsAttachedSomewhere(ISymbol field, CancellationToken cancellation, Body? except = null, INamedTypeSymbol? opener = null)
    {
        foreach (var body in BodiesThatName(field, opener, cancellation))
        {
            if (except is not null && body.Syntax == except.Syntax) continue;
            if (analysis.Summaries.Of(body, Analysis.Depth, cancellation) is { } summary && Attaches(summary, field)) return true;
        }

        return false;
    }

    /// <summary>The type itself makes what the field holds; what was handed in was attached by whoever made it.</summary>
    public bool IsMadeByItsType(ISymbol field) => _made.GetOrAdd(field, f =>
    {
        var made = false;
        foreach (var (value, model) in Assignments.To(f, analysis))
        {
            switch (model.GetOperation(value)?.WithoutAwait())
            {
                case IObjectCreationOperation:
                    made = true;
                    break;
                case IInvocationOperation { TargetMethod: var method } when !analysis.Summaries.IsOwn(method) && Rules.Creation.LCA1001AttachErrorHandler.IsFactory(method.Name):
                case IInvocationOperation { TargetMethod: var own } when analysis.Summaries.IsOwn(own):
                    made = true;
                    break;
                case IParameterReferenceOperation or IInvocationOperation or IPropertyReferenceOperation or IFieldReferenceOperation:
                    return false;
                case ILocalReferenceOperation local when local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: var initial } && initial.SyntaxTree == model.SyntaxTree:
                    var creation = model.GetOperation(initial)?.WithoutAwait();
                    if (creation is IObjectCreationOperation or IInvocationOperation) made = true;
                    else return false;
                    break;
            }
        }

        return made;
    });

    private bool Attaches(Summary summary, ISymbol field)
    {
        foreach (var happened in summary.Events)
        {
            if (happened.Kind == EventKind.Subscribe && analysis.Connections.TellsFailure(happened.Symbol!) && Holds(happened.Value, field, happened.State)) return true;
            // Handed to code that we cannot see: it may attach.
            if (happened.Kind == EventKind.Call && happened.Callees.IsEmpty && happened.Symbol is IMethodSymbol { IsExtensionMethod: false } method && !IsLogging(method) && analysis.Connections.TypeOf(method.ContainingType) is null
                && happened.Arguments.Any(a => Holds(a, field, happened.State))) return true;
            // Attached while it was a variable, or given to others that may have: `configure(hub)`; then stored.
            if (happened.Kind == EventKind.Store && happened.Value.Places.Any(p => (happened.State.MarksOf(p) & (Marks.Attached | Marks.Escaped)) != 0)
                && SymbolEqualityComparer.Default.Equals(happened.Storage?.Symbol, field)) return true;
        }

        if (summary.Exit is not { } exit) return false;
        foreach (var mark in exit.Marks)
        {
            if ((mark.Value & Marks.Attached) != 0 && Holds(Value.Of(mark.Key), field, exit)) return true;
        }

        return false;
    }

    private static bool IsLogging(IMethodSymbol method) => method.ContainingType?.Name is "Console" or "Debug" or "Trace" or "Interlocked" or "Volatile" or "GC" or "ArgumentNullException";

    /// <summary>The value is what the field holds: at entry, or by a write on the way here.</summary>
    private static bool Holds(Value value, ISymbol field, FlowState state)
    {
        foreach (var place in value.Places)
        {
            if (IsField(place, field) || place.RootPlace.From is { } container && IsWithin(container, field)) return true;
            foreach (var entry in state.Env)
            {
                if (IsField(entry.Key, field) && entry.Value.Contains(place)) return true;
            }
        }

        return false;
    }

    /// <summary>An element of the collection that the field holds.</summary>
    private static bool IsWithin(Place container, ISymbol field)
    {
        for (Place? part = container; part is not null; part = part.RootPlace.From)
        {
            if (IsField(part, field)) return true;
        }

        return false;
    }

    private static bool IsField(Place place, ISymbol field) => place.Parent is { IsRoot: true } && SymbolEqualityComparer.Default.Equals(place.Symbol, field.OriginalDefinition);

    private IEnumerable<Body> BodiesThatName(ISymbol field, INamedTypeSymbol? opener, CancellationToken cancellation)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var type in TypesThatReach(field, opener))
        {
            foreach (var reference in type.DeclaringSyntaxReferences)
            {
                var syntax = reference.GetSyntax(cancellation);
                foreach (var name in syntax.DescendantNodes().OfType<IdentifierNameSyntax>())
                {
                    if (name.Identifier.ValueText == field.Name && Bodies.EnclosingDeclaration(name) is { } enclosing && seen.Add(enclosing)
                        && analysis.Bodies.At(enclosing, cancellation) is { } body) yield return body;
                }

                foreach (var declarator in syntax.DescendantNodes(n => n is not BlockSyntax).Where(n => n is VariableDeclaratorSyntax { Initializer: not null } d && d.Identifier.ValueText == field.Name || n is PropertyDeclarationSyntax { Initializer: not null } p && p.Identifier.ValueText == field.Name))
                {
                    if (seen.Add(declarator) && analysis.Bodies.At(declarator, cancellation) is { } body) yield return body;
                }
            }
        }
    }

    /// <summary>One is the other, or its base.</summary>
    private static bool IsKin(INamedTypeSymbol a, INamedTypeSymbol b) => Bases.IncludeDefinition(a, b) || Bases.IncludeDefinition(b, a);

    private IEnumerable<INamedTypeSymbol> TypesThatReach(ISymbol field, INamedTypeSymbol? opener)
    {
        for (INamedTypeSymbol? type = field.ContainingType; type is not null && analysis.Summaries.IsOwn(type); type = type.BaseType?.OriginalDefinition) yield return type;
        if (field.DeclaredAccessibility == Accessibility.Private) yield break;
        foreach (var type in analysis.Implementations.Types)
        {
            for (var derived = type.BaseType; derived is not null; derived = derived.BaseType)
            {
                if (!SymbolEqualityComparer.Default.Equals(derived.OriginalDefinition, field.ContainingType)) continue;
                if (opener is null || IsKin(type, opener)) yield return type;
                break;
            }
        }
    }
}
