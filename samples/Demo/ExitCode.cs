namespace LifecycleAnalyzers.Demo;

/// <summary>How the program ends; the texts of <c>--help</c> say the same.</summary>
internal static class ExitCode
{
    public const int Fine = 0;
    public const int Found = 1;
    public const int Usage = 2;
    public const int Failed = 3;
    public const int Interrupted = 130;
}
