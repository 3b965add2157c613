using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Facts;

/// <summary>An <c>IOException</c> that no connection throws: what is missing on a disk is no peer.</summary>
internal static class FileFailures
{
    public static bool Include(ITypeSymbol? type) => type is
    {
        Name: "FileNotFoundException" or "DirectoryNotFoundException" or "DriveNotFoundException" or "PathTooLongException" or "FileLoadException",
        ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" },
    };
}
