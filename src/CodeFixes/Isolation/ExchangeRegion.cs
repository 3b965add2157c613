using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>Statements of one block, from the write of a request to the last read of its answer.</summary>
internal sealed class ExchangeRegion(BlockSyntax block, int first, int last)
{
    public BlockSyntax Block { get; } = block;

    public int First { get; } = first;

    public int Last { get; } = last;

    public IReadOnlyList<StatementSyntax> Statements => Block.Statements.Skip(First).Take(Last - First + 1).ToList();

    public string Indentation => Statements[0].GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).ToString();

    public bool IsToTheEnd => Last == Block.Statements.Count - 1;

    /// <summary>The places of the method's exchange on that connection, from the write on.</summary>
    public static List<SyntaxNode> Places(MethodDeclarationSyntax method, IMethodSymbol symbol, SyntaxNode write, Analysis analysis, CancellationToken cancellation)
    {
        var exchanges = Exchanges.Of(analysis);
        var events = exchanges.In(symbol, cancellation).Where(e => e.Function == method).ToList();
        if (events.FirstOrDefault(e => e.Node == write && e.Use == WireUse.Write) is not { } start) return [];
        var body = analysis.Bodies.At(method, cancellation);
        return events.Where(e => e.Node.SpanStart >= write.SpanStart && exchanges.IsSame(start.Key, e.Key, body)).Select(e => e.Node).ToList();
    }

    /// <summary>The smallest region around the places, then those around it.</summary>
    public static IEnumerable<ExchangeRegion> Around(IReadOnlyList<SyntaxNode> places, MethodDeclarationSyntax method)
    {
        foreach (var block in places[0].Ancestors().TakeWhile(a => a != method).OfType<BlockSyntax>())
        {
            if (places.Any(p => !block.Span.Contains(p.Span))) continue;
            var first = block.Statements.IndexOf(s => s.Span.Contains(places[0].Span));
            if (first < 0) continue;
            var last = block.Statements.LastIndexOf(s => places.Any(p => s.Span.Contains(p.Span)));
            var ends = places.Where(p => block.Span.Contains(p.Span)).Select(Receiver).OfType<string>().Distinct().ToList();
            last = Math.Max(last, block.Statements.LastIndexOf(s => ends.Any(e => Uses(s, e))));
            while (first > 0 && Prepares(block.Statements[first - 1], places[0])) first--;
            yield return new ExchangeRegion(block, first, last);
            if (last < block.Statements.Count - 1) yield return new ExchangeRegion(block, first, block.Statements.Count - 1);
        }
    }

    /// <summary>Fills what the write sends: <c>_output.Advance(1);</c>.</summary>
    private static bool Prepares(StatementSyntax statement, SyntaxNode write) =>
        statement is ExpressionStatementSyntax { Expression: not AwaitExpressionSyntax } && Receiver(write) is { } receiver && Uses(statement, receiver);

    /// <summary>What the exchange reads into is let go there: <c>_input.AdvanceTo(…);</c>.</summary>
    private static bool Uses(StatementSyntax statement, string receiver) =>
        statement.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(a => a.Parent is InvocationExpressionSyntax && a.Expression.ToString() == receiver);

    /// <summary>The field, or the part of one, that a place calls.</summary>
    private static string? Receiver(SyntaxNode place) =>
        place is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax } access } ? access.Expression.ToString() : null;
}
