using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>The object of an operation is changed, disposed or given back before the operation has ended.</summary>
internal sealed class LCA4005LeaveOperationObjectAlone : IRule
{
    public const string Id = "LCA4005";

    /// <summary>The property that names the object of the operation.</summary>
    public const string Object = "Object";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not reuse an operation object while it is in flight",
        "'{0}' is {1} while '{2}' may still be under way with it",
        "Isolation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "An operation that answers true, or a task that has not ended, owns its operation object until it completes. What is changed meanwhile is seen by the completion of the wrong operation; what goes into a pool is taken out for another one.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.AllCode)
        {
            var hasArgs = member.Identifiers.Contains("SocketAsyncEventArgs") || member.Invoked.Any(w => w.EndsWith("Async", StringComparison.Ordinal)) || GivingBack.MayStandIn(member.Invoked);
            if (!hasArgs || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var function in root.Descendants().OfType<IInvocationOperation>().GroupBy(i => Code.FunctionAround(i.Syntax)))
            {
                if (function.Key is null) continue;
                CheckArgs(file, function.Key, function.ToList());
                if (GivingBack.MayStandIn(member.Invoked)) CheckPooled(file, function.Key, function.ToList());
            }
        }
    }

    private static void CheckArgs(RuleContext file, SyntaxNode function, List<IInvocationOperation> calls)
    {
        var symbols = calls.SelectMany(c => c.Arguments).Where(a => ArgsPath.IsArgs(a.Parameter?.Type)).Select(a => BufferOperations.Variable(Code.Unwrapped(a.Value))).Where(s => s is not null).Distinct<ISymbol?>(SymbolEqualityComparer.Default);
        foreach (var symbol in symbols)
        {
            if (BodyOf(function, file) is not { } body) return;
            var path = new ArgsPath(symbol!, function, file.Analysis, 2, file.Cancellation);
            if (PathEngine<OperationState>.Exits(file.Analysis, body, path, OperationState.NotStarted, null, file.Cancellation) is not { } exits) continue;
            // A field's operation may be under way when the method is entered again.
            if (symbol is IFieldSymbol && path.Found.Count == 0 && IsOpenToAll(function) && !IsAssertedFree(symbol, calls) && !Gates.MayExclude(function) && exits.Any(e => e.Thrown is null && e.Token == OperationState.Pending))
                PathEngine<OperationState>.Exits(file.Analysis, body, path, OperationState.Pending, null, file.Cancellation);
            foreach (var (use, how) in path.Found)
            {
                if (how == "reused" && path.Found.Any(f => f.How != "reused")) continue;
                var started = calls.FirstOrDefault(c => c.Arguments.Any(a => ArgsPath.IsArgs(a.Parameter?.Type) && SymbolEqualityComparer.Default.Equals(BufferOperations.Variable(Code.Unwrapped(a.Value)), symbol)));
                file.Report(Diagnostic.Create(Rule, Places.OfRelease(use).GetLocation(), Named(symbol!), symbol!.Name, how, started?.TargetMethod.Name ?? "the operation"));
            }
        }
    }

    /// <summary>By the author's own word nothing is under way with it: <c>Debug.Assert(_args.UserToken == null)</c>.</summary>
    private static bool IsAssertedFree(ISymbol args, List<IInvocationOperation> calls) =>
        calls.Any(c => c.TargetMethod.Name == "Assert" && c.Arguments.FirstOrDefault()?.Value.DescendantsAndSelf().Any(o => o is IMemberReferenceOperation { Instance: { } asked } && SymbolEqualityComparer.Default.Equals(BufferOperations.Variable(Code.Unwrapped(asked)), args)) == true);

    private static ImmutableDictionary<string, string?> Named(ISymbol symbol) => ImmutableDictionary<string, string?>.Empty.Add(Object, symbol.Name);

    private static bool IsOpenToAll(SyntaxNode function) =>
        function is MethodDeclarationSyntax method && method.Modifiers.Any(m => m.IsKind(SyntaxKind.PublicKeyword) || m.IsKind(SyntaxKind.InternalKeyword)) && !Phases.IsOnce(method);

    /// <summary>An object of one's own that describes an operation, and that a pool hands out.</summary>
    private static void CheckPooled(RuleContext file, SyntaxNode function, List<IInvocationOperation> calls)
    {
        foreach (var release in calls)
        {
            if (GivingBack.Argument(release, file.Analysis, file.Cancellation) is not { } given || BufferOperations.Variable(Code.Unwrapped(given.Value)) is not { } symbol) continue;
            if (Code.Unwrapped(given.Value).Type is not INamedTypeSymbol { TypeKind: TypeKind.Class } held || !file.Analysis.Summaries.IsOwn(held) || !ArgsPath.IsArgs(held) && file.Analysis.Connections.TypeOf(held) is not null || file.Analysis.Connections.IsCarrier(held)) continue;
            // What is asked and answers is a connection, whatever its name: LCA4001's.
            if (ExchangeCalls.Of(file.Analysis, symbol, function, calls, isKept: false, file.Cancellation).Asks) continue;
            foreach (var call in calls)
            {
                if (!Dropped.IsTask(call.Type) && !IsAwaitable(call.Type, file) || call == release || !Uses(call, symbol) || BufferOperations.IsAwaitedInPlace(call) || !BufferOperations.Works(call, file.Analysis, 2, file.Cancellation) && !TakesToWire(call, symbol, file)) continue;
                if (BodyOf(function, file) is not { } body) return;
                var path = new BufferPath(new BufferOperation(call, [symbol]), body, file.Analysis);
                if (!path.CanBeGivenBack || PathEngine<OperationState>.Exits(file.Analysis, body, path, OperationState.NotStarted, null, file.Cancellation) is null) continue;
                foreach (var (use, _) in path.Found) file.Report(Diagnostic.Create(Rule, Places.OfRelease(use).GetLocation(), Named(symbol), symbol.Name, "given back", call.TargetMethod.Name));
            }
        }
    }

    /// <summary>A type of one's own that is awaited as a task is.</summary>
    private static bool IsAwaitable(ITypeSymbol? type, RuleContext file) =>
        type is INamedTypeSymbol && file.Analysis.Summaries.IsOwn(type) && type.GetMembers("GetAwaiter").Any(m => m is IMethodSymbol { Parameters.IsEmpty: true, ReturnsVoid: false });

    private static bool Uses(IInvocationOperation call, ISymbol symbol) =>
        call.Arguments.Select(a => a.Value).Append(call.Instance).Any(v => v is not null && SymbolEqualityComparer.Default.Equals(BufferOperations.Variable(Code.Unwrapped(v)), symbol));

    /// <summary>A method of this compilation that sends or receives with what the object holds.</summary>
    private static bool TakesToWire(IInvocationOperation call, ISymbol symbol, RuleContext file) =>
        file.Analysis.Summaries.IsOwn(call.TargetMethod) && Code.Of(call.TargetMethod, file.Analysis, file.Cancellation) is { } code
        && code.Descendants().OfType<IInvocationOperation>().Any(i => Wire.Of(i, file.Analysis) != WireUse.None);

    private static Body? BodyOf(SyntaxNode function, RuleContext file) =>
        file.Analysis.Bodies.At(function is PropertyDeclarationSyntax { ExpressionBody: { } arrow } ? arrow : function, file.Cancellation);
}
