using System.Globalization;

namespace LifecycleAnalyzers.Demo;

/// <summary>A mistake on the command line, told in words that help.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What was asked for.</summary>
internal sealed record CommandLine(string? Path, bool Plain, int Context, bool Help)
{
    private const int MaxContext = 50;

    public const string HelpText = """
        Shows what LifecycleAnalyzers finds.

        usage: dotnet run --project samples/Demo [-- [options] [PATH]]

          without PATH   the incidents: what the broken program does, what the compiler reports,
                         the fix as a difference, and what the fixed program does
          PATH           a folder, a .csproj, .sln, .slnx or .cs file: the findings in it, with the
                         lines around them. Compiled leniently against the framework that runs this
                         program and whatever packages are restored; nothing is built or changed.

        options:
          --context N    lines shown before and after a finding, 0 to 50 (3 if not said)
          --plain        no colours, no moving display; so it is anyway when the output is no terminal
          --help         this text

        exit codes:
          0   all incidents went as told, or nothing was found in PATH
          1   an incident did not go as told, or there are findings in PATH
          2   the command line is wrong, or PATH is missing or holds no C#
          3   the demonstration itself failed (an analyzer threw, an assembly is missing)
          130 interrupted
        """;

    /// <exception cref="UsageException">An option or argument is not understood.</exception>
    public static CommandLine Parse(string[] arguments)
    {
        var result = new CommandLine(Path: null, Plain: false, Context: 3, Help: false);
        var options = true;
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (!options || !argument.StartsWith('-'))
            {
                result = result.Path is null ? result with { Path = argument } : throw new UsageException($"One PATH is enough: '{result.Path}' or '{argument}'?");
                continue;
            }

            switch (argument)
            {
                case "--":
                    options = false;
                    break;
                case "--help" or "-h" or "-?":
                    result = result with { Help = true };
                    break;
                case "--plain":
                    result = result with { Plain = true };
                    break;
                case "--context":
                    result = result with { Context = Lines(i + 1 < arguments.Length ? arguments[++i] : null) };
                    break;
                default:
                    throw new UsageException($"There is no option '{argument}'; --help shows those there are.");
            }
        }

        return result.Path is "" ? throw new UsageException("PATH is empty.") : result;
    }

    private static int Lines(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxContext
            ? number
            : throw new UsageException($"--context wants a number from 0 to {MaxContext}, not '{text}'.");
}
