using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>What one project of a test is made of. What is left unset comes from the state before it, or from the test.</summary>
public class ProjectState
{
    public ProjectState(string name, string folder)
    {
        Name = name;
        Folder = folder;
        Sources = new(folder);
        AdditionalFiles = new(folder);
        AnalyzerConfigFiles = new(folder);
    }

    public string Name { get; }

    public SourceFileCollection Sources { get; }

    public SourceFileCollection AdditionalFiles { get; }

    public SourceFileCollection AnalyzerConfigFiles { get; }

    public MetadataReferenceCollection AdditionalReferences { get; } = [];

    /// <summary>Names of other projects of the state that this one references.</summary>
    public List<string> AdditionalProjectReferences { get; } = [];

    public ReferenceAssemblies? ReferenceAssemblies { get; set; }

    public OutputKind? OutputKind { get; set; }

    internal string Folder { get; }
}
