using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing;

/// <summary>A lightbulb: a fix that a provider offers for a diagnostic.</summary>
internal sealed record FixOffer(Document Document, Diagnostic Diagnostic, CodeFixProvider Provider, CodeAction Action)
{
    public override string ToString() => $"'{Action.Title}' (key '{Action.EquivalenceKey}') for {Show.Actual(Diagnostic)}";
}
