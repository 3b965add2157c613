using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Where code puts values into what outlives the call: a field that is filled when first needed, a dictionary, a memory cache, a container of services.</summary>
internal sealed class CacheFills(Analysis analysis)
{
    /// <summary>Calls by which a container of services gets one for everybody.</summary>
    public static readonly HashSet<string> Registrations = new(StringComparer.Ordinal) { "AddSingleton", "AddKeyedSingleton" };

    /// <summary>May the member fill anything? Told by its words, before it is bound.</summary>
    public static bool MayFill(CodeMember member) =>
        member.Invoked.Contains("GetOrAdd") || member.Invoked.Contains("GetOrCreate") || member.Invoked.Contains("AddOrUpdate") || member.Invoked.Meets(Registrations)
        || member.Identifiers.Any(i => i.EndsWith("Lazy", StringComparison.Ordinal) || i is "Task" or "IMemoryCache" or "MemoryCache" or "CreateEntry");

    public IEnumerable<CacheFill> In(IOperation root)
    {
        switch (root)
        {
            case IFieldInitializerOperation { InitializedFields: [var field, ..] } initializer:
                yield return new CacheFill(Isolation.Code.Unwrapped(initializer.Value), field, initializer.Value, isFactory: false);
                break;
            case IPropertyInitializerOperation { InitializedProperties: [var property, ..] } initializer:
                yield return new CacheFill(Isolation.Code.Unwrapped(initializer.Value), property, initializer.Value, isFactory: false);
                break;
        }

        foreach (var operation in root.DescendantsAndSelf())
        {
            switch (operation)
            {
                case ICoalesceAssignmentOperation assignment when Kept(assignment.Target) is { } cache:
                    yield return new CacheFill(assignment, cache, assignment.Value, isFactory: false);
                    break;
                case ISimpleAssignmentOperation { IsRef: false } assignment when Filled(assignment) is var (isFilled, cache) && isFilled:
                    yield return new CacheFill(assignment, cache, assignment.Value, isFactory: false);
                    break;
                case IInvocationOperation call when OfCall(call) is { } fill:
                    yield return fill;
                    break;
            }
        }
    }

    /// <summary>The member, or the element of a container, that an assignment writes and a later call reads.</summary>
    private static ISymbol? Kept(IOperation target) => Isolation.Code.Unwrapped(target) switch
    {
        IFieldReferenceOperation { Field: var field } => field.OriginalDefinition,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } container } => Container(container),
        IPropertyReferenceOperation { Property: var property } => property.OriginalDefinition,
        // `ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(map, key, out _)`
        ILocalReferenceOperation { Local: { IsRef: true } local } reference when Values.AssignedTo(local, reference).Select(Isolation.Code.Unwrapped).OfType<IInvocationOperation>().FirstOrDefault(c => c.TargetMethod.Name == "GetValueRefOrAddDefault") is { Arguments: [var map, ..] } => Container(map.Value),
        IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } parameter when Values.OwnMember(parameter) is { } captured => captured,
        _ => null,
    };

    private (bool IsFilled, ISymbol? Cache) Filled(ISimpleAssignmentOperation assignment)
    {
        var target = Isolation.Code.Unwrapped(assignment.Target);
        switch (target)
        {
            case IPropertyReferenceOperation { Property: { Name: "Value", ContainingType.Name: "ICacheEntry" } }:
                return (true, null);
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } container } when Container(container) is { } map:
                return (true, map);
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } when Kept(target) is { } member && analysis.Summaries.IsOwn(member):
                // A lazy is made in the constructor and filled later; anything else that is made there is its owner's.
                return (IsLazy(target.Type) || analysis.Cached.IsFill(assignment.Syntax, member), member);
            case ILocalReferenceOperation { Local.IsRef: true } when Kept(target) is { } element:
                return (true, element);
            default:
                return (false, null);
        }
    }

    private static bool IsLazy(ITypeSymbol? type) => type?.Name.EndsWith("Lazy", StringComparison.Ordinal) == true;

    private static CacheFill? OfCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        switch (method.Name)
        {
            case "GetOrAdd" when method.ContainingType.Name is "ConcurrentDictionary" or "ConditionalWeakTable":
            case "AddOrUpdate" when method.ContainingType.Name == "ConcurrentDictionary":
            case "GetOrAdd" or "AddOrUpdate" when method.ContainingType.Name == "ImmutableInterlocked":
            case "GetValue" when method.ContainingType.Name == "ConditionalWeakTable":
            case "GetOrCreate" or "Set" when method.ContainingType.Name == "CacheExtensions":
            case "Set" or "Add" or "AddOrGetExisting" when method.ContainingType.Name is "ObjectCache" or "MemoryCache":
            case "Add" or "TryAdd" when Containers.Puts(method):
                var given = call.Arguments.FirstOrDefault(a => a.Parameter?.Name is "valueFactory" or "value" or "addValueFactory" or "addValue" or "createValueCallback" or "factory");
                if (given is null || Container(call.Instance ?? call.Arguments[0].Value) is not { } container) return null;
                return new CacheFill(call, container, given.Value, IsDelegate(given.Value));
            case "EnsureInitialized" when method.ContainingType.Name == "LazyInitializer" && call.Arguments.FirstOrDefault(a => IsDelegate(a.Value)) is { } factory && Kept(call.Arguments[0].Value) is { } target:
                return new CacheFill(call, target, factory.Value, isFactory: true);
            case "CompareExchange" when method.ContainingType.Name == "Interlocked" && call.Arguments is [var place, var value, var expected] && Replacements.IsNothing(expected.Value) && Kept(place.Value) is { } exchanged:
                return new CacheFill(call, exchanged, value.Value, isFactory: false);
            // A list of tasks is mostly waited for and forgotten; a list of lazies is a pool of what is made when needed.
            case var _ when Containers.Collects(method) && call is { Instance: { } list, Arguments: [var item] } && IsLazy(Values.Unwrapped(item.Value).Type) && Container(list) is { } pool:
                return new CacheFill(call, pool, item.Value, isFactory: false);
            case var name when Registrations.Contains(name) && call.Arguments is [_, .., var service]:
                return new CacheFill(call, null, service.Value, IsDelegate(service.Value));
            default:
                return null;
        }
    }

    private static bool IsDelegate(IOperation value) => value is IDelegateCreationOperation || Isolation.Code.Unwrapped(value) is IAnonymousFunctionOperation || value.Type?.TypeKind == TypeKind.Delegate;

    /// <summary>The field, property or parameter that holds the container; null for one that is a variable's alone.</summary>
    public static ISymbol? Container(IOperation? value, int depth = 2)
    {
        if (value is null) return null;
        value = Values.Unwrapped(value);
        return value switch
        {
            IFieldReferenceOperation { Field: var field } => field.OriginalDefinition,
            IPropertyReferenceOperation { Property: { IsIndexer: false } property } => property.OriginalDefinition,
            IParameterReferenceOperation { Parameter: var parameter } => Values.OwnMember(value) ?? parameter,
            ILocalReferenceOperation { Local: var local } when depth > 0 => Values.AssignedTo(local, value).Select(a => Container(a, depth - 1)).FirstOrDefault(c => c is not null),
            _ => null,
        };
    }
}
