using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>The texts of a solution by path.</summary>
internal static class SolutionTexts
{
    public static async Task<SortedDictionary<string, string>> OfAsync(Solution solution, CancellationToken cancellationToken)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var document in solution.Projects.SelectMany(Documents))
        {
            texts[PathOf(document)] = (await document.GetTextAsync(cancellationToken).ConfigureAwait(false)).ToString();
        }

        return texts;
    }

    /// <summary>
    /// The solution as it would be after saving and loading: a fix whose tree prints otherwise than it was built
    /// (a missing space, a comment that swallows the line) shows it now.
    /// </summary>
    public static async Task<Solution> ReparsedAsync(Solution before, Solution after, CancellationToken cancellationToken)
    {
        foreach (var document in after.Projects.SelectMany(p => p.Documents).ToList())
        {
            if (before.GetDocument(document.Id) == document)
            {
                continue;
            }

            var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
            after = after.WithDocumentText(document.Id, SourceText.From(text.ToString(), Encoding.UTF8));
        }

        return after;
    }

    public static string? Difference(SortedDictionary<string, string> expected, SortedDictionary<string, string> actual)
    {
        var text = new StringBuilder();
        foreach (var path in expected.Keys.Union(actual.Keys).Order(StringComparer.Ordinal))
        {
            if (!actual.TryGetValue(path, out var found))
            {
                text.Append($"{path} is expected, but is not there.\n");
            }
            else if (!expected.TryGetValue(path, out var wanted))
            {
                text.Append($"{path} is not expected:\n{found}\n");
            }
            else if (wanted != found)
            {
                text.Append($"{path} (- expected, + actual):\n{TextDifference.Describe(wanted, found)}");
            }
        }

        return text.Length == 0 ? null : text.ToString();
    }

    private static IEnumerable<TextDocument> Documents(Project project) =>
        project.Documents.Where(d => !SolutionBuilder.IsHidden(d)).Concat(project.AdditionalDocuments).Concat(project.AnalyzerConfigDocuments);

    private static string PathOf(TextDocument document) =>
        document.FilePath ?? "/" + string.Join('/', [.. document.Folders, document.Name]);
}
