using System.Reflection;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>References besides the platform's: by object, by path or by a loaded assembly.</summary>
public sealed class MetadataReferenceCollection : List<MetadataReference>
{
    public void Add(string path) => Add(MetadataReference.CreateFromFile(path));

    public void Add(Assembly assembly) => Add(assembly.Location);
}
