namespace LifecycleAnalyzers.Testing;

/// <summary>What an expected diagnostic leaves open.</summary>
[Flags]
public enum DiagnosticOptions
{
    None = 0,
    IgnoreAdditionalLocations = 1,
    IgnoreSeverity = 2,
}

/// <summary>How a location of an expected diagnostic is to be read.</summary>
[Flags]
public enum DiagnosticLocationOptions
{
    None = 0,

    /// <summary>Only the start counts.</summary>
    IgnoreLength = 1,

    /// <summary>The number names a <c>{|#n:…|}</c>.</summary>
    InterpretAsMarkupKey = 2,
}
