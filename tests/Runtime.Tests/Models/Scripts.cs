using FsCheck;
using FsCheck.Fluent;

namespace LifecycleAnalyzers.Runtime.Tests.Models;

/// <summary>Runs random scripts against a guard and its model; a script that tells the two apart is shrunk to a short one.</summary>
internal static class Scripts
{
    /// <param name="operations">How many different operations there are.</param>
    /// <param name="run">Runs a script: each step is an operation and a number that it may choose something by.</param>
    /// <param name="scripts">How many scripts.</param>
    public static void Check(int operations, Action<(int Operation, int Choice)[]> run, int scripts = 300)
    {
        var step = Gen.Choose(0, operations - 1).SelectMany(_ => Gen.Choose(0, 99), static (o, c) => o * 100 + c);
        Prop.ForAll(
                Arb.From(step.ArrayOf(), Shorter),
                script => run(Array.ConvertAll(script, static s => (s / 100, s % 100))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(scripts).WithEndSize(60));
    }

    /// <summary>One half, the other half, then all with one step less.</summary>
    private static IEnumerable<int[]> Shorter(int[] script)
    {
        if (script.Length > 3)
        {
            yield return script[..(script.Length / 2)];
            yield return script[(script.Length / 2)..];
        }

        for (var i = 0; i < script.Length; i++)
        {
            yield return [.. script[..i], .. script[(i + 1)..]];
        }
    }
}
