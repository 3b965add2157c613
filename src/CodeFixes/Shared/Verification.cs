using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>A fix is offered only if it helps: the file compiles as before, the rule has less to say of it, and no other rule more.</summary>
internal static class Verification
{
    public static Task<bool> HelpsAsync(Document before, Document after, string id, CancellationToken cancellation) => HelpsAsync(before, after, id, null, cancellation);

    /// <param name="before">The document.</param>
    /// <param name="after">The same, mended.</param>
    /// <param name="id">The rule.</param>
    /// <param name="said">
    /// Where it says what must not be said any more, of a rule that says one thing of a method at a time: the next may come to light. Null where
    /// it must have less to say.
    /// </param>
    /// <param name="cancellation">Ends the asking.</param>
    public static async Task<bool> HelpsAsync(Document before, Document after, string id, Location? said, CancellationToken cancellation)
    {
        var changed = after.Project.Solution.GetDocument(before.Id);
        if (changed is null || await ErrorsAsync(changed, cancellation).ConfigureAwait(false) > await Known.ErrorsAsync(before, cancellation).ConfigureAwait(false)) return false;
        var old = await Known.FindAsync(before, cancellation).ConfigureAwait(false);
        var now = await Known.FindAsync(changed, cancellation).ConfigureAwait(false);
        if (now.Any(d => d.Id != id && Count(now, d.Id) > Count(old, d.Id))) return false;
        // Not the reported diagnostic's own message: who asks for a fix may have kept the place alone.
        var message = said is null ? null : old.FirstOrDefault(d => d.Id == id && d.Location.SourceSpan == said.SourceSpan)?.GetMessage(CultureInfo.InvariantCulture);
        return message is null ? Count(now, id) < Count(old, id) : Count(now, id) <= Count(old, id) && Count(now, id, message) < Count(old, id, message);
    }

    /// <summary>Of another file than the finding's: it compiles as before, and no rule has more to say of it.</summary>
    public static async Task<bool> HarmsNotAsync(Document before, Document after, CancellationToken cancellation)
    {
        if (await ErrorsAsync(after, cancellation).ConfigureAwait(false) > await Known.ErrorsAsync(before, cancellation).ConfigureAwait(false)) return false;
        var old = await Known.FindAsync(before, cancellation).ConfigureAwait(false);
        var now = await FindAsync(after.Project, after, cancellation).ConfigureAwait(false);
        return now.All(d => Count(now, d.Id) <= Count(old, d.Id));
    }

    /// <summary>What a rule says of the changed file and did not say of it before, by its words and the code that it speaks of.</summary>
    public static async Task<ImmutableArray<Diagnostic>> NewAsync(Document before, Document after, string id, CancellationToken cancellation)
    {
        var old = await Known.FindAsync(before, cancellation).ConfigureAwait(false);
        var now = await Known.FindAsync(after, cancellation).ConfigureAwait(false);
        var said = new HashSet<(string, string)>(old.Where(d => d.Id == id).Select(Words));
        return [.. now.Where(d => d.Id == id && !said.Contains(Words(d)))];

        static (string, string) Words(Diagnostic found) => (found.GetMessage(CultureInfo.InvariantCulture), found.Location.SourceTree?.GetText().ToString(found.Location.SourceSpan) ?? "");
    }

    /// <summary>How many errors the compiler has to say of the file, warnings that are raised to errors included.</summary>
    private static async Task<int> ErrorsAsync(Document document, CancellationToken cancellation) =>
        await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } model ? model.GetDiagnostics(null, cancellation).Count(d => d.Severity == DiagnosticSeverity.Error) : 0;

    /// <summary>The compiler has nothing to say that it did not say before, warnings included.</summary>
    public static async Task<bool> CompilesAsWellAsync(Document before, Document after, CancellationToken cancellation) =>
        await ComplaintsAsync(after, cancellation).ConfigureAwait(false) <= await Known.ComplaintsAsync(before, cancellation).ConfigureAwait(false);

    private static async Task<int> ComplaintsAsync(Document document, CancellationToken cancellation) =>
        await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } model ? model.GetDiagnostics(null, cancellation).Count(d => d.Severity >= DiagnosticSeverity.Warning) : 0;

    private static int Count(ImmutableArray<Diagnostic> found, string id) => found.Count(d => d.Id == id);

    private static int Count(ImmutableArray<Diagnostic> found, string id, string message) => found.Count(d => d.Id == id && d.GetMessage(CultureInfo.InvariantCulture) == message);

    private static async Task<ImmutableArray<Diagnostic>> FindAsync(Project project, Document document, CancellationToken cancellation)
    {
        var compilation = await project.GetCompilationAsync(cancellation).ConfigureAwait(false);
        var tree = await document.GetSyntaxTreeAsync(cancellation).ConfigureAwait(false);
        if (compilation is null || tree is null) return [];
        var analysed = compilation.WithAnalyzers([new LifecycleAnalyzer()], project.AnalyzerOptions);
#pragma warning disable RS1030 // a code fix may ask the compilation that it has just made
        return await analysed.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), null, cancellation).ConfigureAwait(false);
#pragma warning restore RS1030
    }

    /// <summary>What is said of a document, once: many changes are tried and compared with what was before, and some are asked twice.</summary>
    private sealed class Known
    {
        private static readonly ConditionalWeakTable<Document, Known> Documents = new();
        private int _errors = -1;
        private int _complaints = -1;
        private ImmutableArray<Diagnostic> _found;

        public static async Task<int> ErrorsAsync(Document document, CancellationToken cancellation)
        {
            var known = Documents.GetOrCreateValue(document);
            return known._errors >= 0 ? known._errors : known._errors = await Verification.ErrorsAsync(document, cancellation).ConfigureAwait(false);
        }

        public static async Task<int> ComplaintsAsync(Document document, CancellationToken cancellation)
        {
            var known = Documents.GetOrCreateValue(document);
            return known._complaints >= 0 ? known._complaints : known._complaints = await Verification.ComplaintsAsync(document, cancellation).ConfigureAwait(false);
        }

        public static async Task<ImmutableArray<Diagnostic>> FindAsync(Document document, CancellationToken cancellation)
        {
            var known = Documents.GetOrCreateValue(document);
            if (!known._found.IsDefault) return known._found;
            return known._found = await Verification.FindAsync(document.Project, document, cancellation).ConfigureAwait(false);
        }
    }
}
