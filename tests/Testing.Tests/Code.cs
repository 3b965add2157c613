namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>The class that the toys know, with statements in its method 'M'.</summary>
internal static class Code
{
    public static string With(string statements, string name = "C") =>
        $$"""
        class {{name}}
        {
            void M()
            {
                {{statements}}
            }

            static int Old() => 0;
            static int Older() => 0;
            static int New() => 0;
            static int Newer() => 0;
            [System.Obsolete] static int Deprecated() => 0;
        }

        """;
}
