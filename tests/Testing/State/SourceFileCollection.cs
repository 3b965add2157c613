using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>Files of a test project. A relative name lies in the project's folder; a source without a name is called <c>Test0.cs</c> and so on.</summary>
public sealed class SourceFileCollection(string folder) : List<(string filename, SourceText content)>
{
    public void Add(string content) => Add(($"Test{Count}.cs", content));

    public void Add((string filename, string content) file) =>
        Add((Rooted(folder, file.filename), SourceText.From(file.content, Encoding.UTF8)));

    /// <summary>Rooted, because a section of an .editorconfig matches only below its own folder.</summary>
    internal static string Rooted(string folder, string name) => name.StartsWith('/') ? name : folder + name;
}
