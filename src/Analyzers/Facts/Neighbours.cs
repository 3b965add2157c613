using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// The other projects of the solution. A send in one of them is code that can be seen there and not here: it may ask before it sends,
/// and nobody has described it as one that throws.
/// </summary>
internal sealed class Neighbours(Analysis analysis)
{
    private readonly ConcurrentDictionary<IAssemblySymbol, bool> _built = new(SymbolEqualityComparer.Default);

    /// <summary>A send of a connection from there that is known by its shape alone.</summary>
    public bool Hide(ISymbol send, ITypeSymbol? connection) =>
        send.ContainingAssembly is { } assembly && _built.GetOrAdd(assembly, IsBuiltBeside) && analysis.Connections.TypeOf(connection) is { Source: Source.Convention };

    /// <summary>An editor hands over the project itself, a build the file that it was built to.</summary>
    private bool IsBuiltBeside(IAssemblySymbol assembly) => analysis.Compilation.GetMetadataReference(assembly) switch
    {
        CompilationReference => true,
        PortableExecutableReference { FilePath: { } path } => IsOutput(path.Split('/', '\\'), assembly.Name),
        _ => false,
    };

    /// <summary><c>Hall/obj/…/Hall.dll</c>, <c>Hall/bin/…/Hall.dll</c>; what was copied into the output of another project came from a package.</summary>
    private static bool IsOutput(string[] folders, string assembly) =>
        folders.TakeWhile(folder => folder is not ("obj" or "bin")).Contains(assembly) && folders.Any(folder => folder is "obj" or "bin");
}
