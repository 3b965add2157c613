namespace LifecycleAnalyzers.Catalogue;

/// <summary>The word that a member's name begins with: <c>ReadLine</c> begins with <c>Read</c>, <c>Ready</c> does not.</summary>
internal static class NameWords
{
    private static readonly string[] ToLogIn = ["LogIn", "LogOn", "LogOut", "LogOff"];

    public static bool BeginsWith(this string name, string word) =>
        name.StartsWith(word, StringComparison.Ordinal) && (name.Length == word.Length || !char.IsLower(name[word.Length]));

    public static bool BeginsWithAny(this string name, string[] words)
    {
        foreach (var word in words)
        {
            if (name.BeginsWith(word)) return true;
        }

        return false;
    }

    /// <summary>By its name a method writes to a log: <c>LogError</c>, not <c>Login</c> or <c>LogOut</c>.</summary>
    public static bool IsLogging(this string method) => method.BeginsWith("Log") && !method.BeginsWithAny(ToLogIn);
}
