using Spectre.Console;

namespace LifecycleAnalyzers.Demo.Output;

/// <summary>Where everything is written: a terminal with colours, or a plain log without a single control code.</summary>
internal sealed class Terminal
{
    /// <summary>A log has no width; whoever reads it may wrap.</summary>
    private const int LogWidth = 10_000;

    private Terminal(IAnsiConsole console, bool plain)
    {
        Console = console;
        Plain = plain;
    }

    public IAnsiConsole Console { get; }

    public bool Plain { get; }

    public static Terminal Create(bool plain)
    {
        plain |= System.Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is "dumb";
        var colours = !plain && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(System.Console.Out),
        });
        if (plain) console.Profile.Width = LogWidth;
        return new Terminal(console, plain);
    }

    public void Blank() => Console.WriteLine();

    public void Heading(string text)
    {
        Blank();
        if (Plain) Line($"== {text} ==", Tone.Strong);
        else Console.Write(new Rule(Markup.Escape(text)) { Justification = Justify.Left, Style = new Style(Color.Blue) });
    }

    public void Section(string text)
    {
        Blank();
        Line(text, Tone.Strong);
    }

    public void Line(string text, Tone tone = Tone.Normal) => Line((text, tone));

    /// <summary>One line in several tones. Nothing in the texts is taken for markup.</summary>
    public void Line(params ReadOnlySpan<(string Text, Tone Tone)> parts)
    {
        var paragraph = new Paragraph();
        foreach (var (text, tone) in parts) paragraph.Append(text.Replace("\t", "    "), tone.Style());
        Console.Write(paragraph);
        Console.WriteLine();
    }
}
