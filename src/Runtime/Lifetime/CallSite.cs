namespace LifecycleAnalyzers.Runtime;

/// <summary>A place in the source, as the compiler passes it; put into words only when somebody asks.</summary>
internal readonly struct CallSite(string member, string file, int line)
{
    /// <summary>The file's name without its folders, which tell about the machine that built it.</summary>
    public override string ToString()
    {
        var name = file.Substring(file.LastIndexOfAny(['/', '\\']) + 1);
        return name.Length == 0 ? member : $"{member} ({name}:{line})";
    }
}
