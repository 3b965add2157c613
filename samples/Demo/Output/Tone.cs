using Spectre.Console;

namespace LifecycleAnalyzers.Demo.Output;

/// <summary>What a piece of text means; the colour follows.</summary>
internal enum Tone { Normal, Quiet, Strong, Good, Bad, Warning, Added, Removed }

internal static class Tones
{
    public static Style Style(this Tone tone) => tone switch
    {
        Tone.Quiet => new Style(Color.Grey),
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Good or Tone.Added => new Style(Color.Green),
        Tone.Bad or Tone.Removed => new Style(Color.Red),
        Tone.Warning => new Style(Color.Yellow),
        _ => Spectre.Console.Style.Plain,
    };
}
