using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Creation;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// Makes write and read one exchange of a <c>SendGate</c>, or puts a semaphore around them. A type that has a gate keeps it: a second
/// one would not keep the others out.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4006GateExchangeFix : CodeFixProvider
{
    private const string GateKey = "LCA4006.SendGate";
    private const string SemaphoreKey = "LCA4006.Semaphore";
    private const string GateTitle = "Make it one exchange of a 'SendGate'";
    private const string SemaphoreTitle = "Keep other callers out with a semaphore";
    private const string ClosingTitle = "Keep other callers out with a semaphore, and close what is cut short";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4006DoNotInterleaveExchanges.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var cancellation = context.CancellationToken;
        var root = await context.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null || await FixContext.AnalysisAsync(context.Document, cancellation).ConfigureAwait(false) is not { } analysis) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var write = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (!diagnostic.Properties.TryGetValue(LCA4006DoNotInterleaveExchanges.Connection, out var connection) || connection is null) continue;
            if (write.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Body: not null } method || model.GetDeclaredSymbol(method, cancellation) is not { } symbol) continue;
            var places = ExchangeRegion.Places(method, symbol, write, analysis, cancellation);
            if (places.Count == 0) continue;
            var regions = ExchangeRegion.Around(places, method).ToList();
            if (regions.Count == 0) continue;
            var exchange = new GatedExchange(root, method, places, model);
            var isOffered = false;
            if (!model.Compilation.GetTypesByMetadataName(RuntimeNamespace.Name + "." + ExchangeGate.SendGate).IsEmpty && Gate(ExchangeGate.SendGate) is { } sendGate)
            {
                foreach (var region in regions)
                {
                    if (isOffered) break;
                    if (Gates.HeldAt(method, region.Statements[0].SpanStart, region.Statements[0].SpanStart, analysis) || HasGate(region)) continue;
                    isOffered = await context.OfferAsync(diagnostic, exchange.WithSendGate(region, sendGate, false), GateTitle, GateKey).ConfigureAwait(false)
                        || await context.OfferAsync(diagnostic, exchange.WithSendGate(region, sendGate, true), GateTitle, GateKey).ConfigureAwait(false);
                }
            }

            if (Gate(ExchangeGate.Semaphore) is not { } semaphore) continue;
            var closing = Closing(symbol, connection);
            foreach (var region in regions)
            {
                var held = exchange.WithinHeld(region, semaphore, null) is not null;
                if (!held && HasGate(region)) continue;
                if (await context.OfferAsync(diagnostic, Written(region, null), SemaphoreTitle, SemaphoreKey).ConfigureAwait(false)
                    || closing is not null && await context.OfferAsync(diagnostic, Written(region, closing), ClosingTitle, SemaphoreKey).ConfigureAwait(false)) break;

                SyntaxNode? Written(ExchangeRegion around, string? atEnd) => held ? exchange.WithinHeld(around, semaphore, atEnd) : exchange.WithSemaphore(around, semaphore, atEnd);
            }

            ExchangeGate? Gate(string kind) => ExchangeGate.Of(method, symbol, connection, regions[regions.Count - 1].Statements, kind, analysis, cancellation);
        }
    }

    private static bool HasGate(ExchangeRegion region) =>
        region.Statements.Any(s => s.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => Gates.Enters(i) || i.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Release" or "Exit" or "ExchangeAsync" }));

    /// <summary>What closes the connection where its exchange is cut short.</summary>
    private static string? Closing(IMethodSymbol method, string connection)
    {
        ITypeSymbol? type = null;
        for (var holder = method.ContainingType; holder is not null && type is null; holder = holder.BaseType)
        {
            type = holder.GetMembers(connection).Select(Symbols.TypeOf).FirstOrDefault(t => t is not null)
                ?? holder.InstanceConstructors.SelectMany(c => c.Parameters).FirstOrDefault(p => p.Name == connection)?.Type;
        }

        return ClosingCatch.Statement(connection, type, type?.NullableAnnotation == NullableAnnotation.Annotated, true);
    }
}
