namespace LifecycleAnalyzers.Testing;

/// <summary>What a code fix test leaves out.</summary>
[Flags]
public enum CodeFixTestBehaviors
{
    None = 0,
    SkipFixAllInDocumentCheck = 1,
    SkipFixAllInProjectCheck = 2,
    SkipFixAllInSolutionCheck = 4,
    SkipFixAllCheck = SkipFixAllInDocumentCheck | SkipFixAllInProjectCheck | SkipFixAllInSolutionCheck,

    /// <summary>Only the first fix is applied; Fix All is checked only against a <c>BatchFixedState</c> of its own.</summary>
    FixOne = 8,
}
