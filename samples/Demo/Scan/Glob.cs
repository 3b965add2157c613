using System.Text.RegularExpressions;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>MSBuild's file patterns, as far as projects use them: **, * and ?, lists by semicolon.</summary>
internal static class Glob
{
    /// <summary>Whether a path relative to the project, with forward slashes, fits one of the patterns.</summary>
    public static bool Matches(string patterns, string relativePath) =>
        Split(patterns).Any(pattern => Regex.IsMatch(relativePath, Expression(pattern), RegexOptions.IgnoreCase | RegexOptions.NonBacktracking));

    public static bool IsPattern(string include) => include.AsSpan().ContainsAny('*', '?');

    public static IEnumerable<string> Split(string patterns) =>
        patterns.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pattern => pattern.Replace('\\', '/'))
            .Select(pattern => pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern);

    private static string Expression(string pattern)
    {
        var expression = Regex.Escape(pattern).Replace(@"\*\*/", "(.*/)?").Replace(@"\*\*", ".*").Replace(@"\*", "[^/]*").Replace(@"\?", "[^/]");
        return $"^{expression}$";
    }
}
