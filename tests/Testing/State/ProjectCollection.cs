namespace LifecycleAnalyzers.Testing;

/// <summary>The further projects of a solution; naming one creates it.</summary>
public sealed class ProjectCollection : SortedDictionary<string, ProjectState>
{
    public ProjectCollection() : base(StringComparer.Ordinal)
    {
    }

    public new ProjectState this[string name]
    {
        get
        {
            if (!TryGetValue(name, out var project))
            {
                Add(name, project = new ProjectState(name, $"/{name}/"));
            }

            return project;
        }
    }
}
