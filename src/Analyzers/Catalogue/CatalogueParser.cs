using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// Reads catalogue files. A file is input from strangers: its size, the length of a line and the number of complaints are bounded,
/// and whatever it holds, the worst that comes of it is a complaint.
/// </summary>
internal static class CatalogueParser
{
    public const int LongestFile = 1_000_000;
    public const int LongestLine = 2_000;
    public const int MostProblems = 1_000;

    private static readonly ImmutableDictionary<string, Role> Roles = new Dictionary<string, Role>(StringComparer.Ordinal)
    {
        ["open"] = Role.Open,
        ["create"] = Role.Create,
        ["error"] = Role.Error,
        ["ended"] = Role.Ended,
        ["ready"] = Role.Ready,
        ["send"] = Role.Send,
        ["use"] = Role.Use,
        ["quiet"] = Role.Quiet,
        ["state"] = Role.State,
        ["close"] = Role.Close,
        ["alive"] = Role.Alive,
        ["callback"] = Role.Callback,
        ["registers"] = Role.Registers,
        ["receive"] = Role.Receive,
        ["accessor"] = Role.Accessor,
        ["ensures"] = Role.Ensures,
        ["takes"] = Role.Takes,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, Traits> TraitNames = new Dictionary<string, Traits>(StringComparer.Ordinal)
    {
        ["created-open"] = Traits.CreatedOpen,
        ["single-writer"] = Traits.SingleWriter,
        ["reconnects"] = Traits.Reconnects,
        ["operation"] = Traits.Operation,
        ["response"] = Traits.Response,
        ["late-safe"] = Traits.LateSafe,
        ["own-bound"] = Traits.OwnBound,
        ["pooled"] = Traits.Pooled,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static CatalogueFile Parse(string path, SourceText text, bool isUsers, CancellationToken cancellation)
    {
        var entries = ImmutableArray.CreateBuilder<CatalogueEntry>();
        var problems = ImmutableArray.CreateBuilder<CatalogueProblem>();
        if (text.Length > LongestFile)
        {
            problems.Add(new CatalogueProblem(default, default, $"the file has more than {LongestFile} characters and is not read"));
            return new CatalogueFile(path, [], problems.ToImmutable());
        }

        foreach (var line in text.Lines)
        {
            if (problems.Count >= MostProblems) break;
            cancellation.ThrowIfCancellationRequested();
            string? problem = null;
            if (line.Span.Length > LongestLine) problem = $"the line has more than {LongestLine} characters";
            else if (WithoutComment(line.ToString()) is { Length: > 0 } content)
            {
                var entry = Read(content, out problem);
                if (entry is not null && problem is null)
                {
                    entry.Line = line;
                    entry.IsUsers = isUsers;
                    entries.Add(entry);
                }
            }

            if (problem is not null) problems.Add(new CatalogueProblem(line.Span, text.Lines.GetLinePositionSpan(line.Span), problem));
        }

        return new CatalogueFile(path, entries.ToImmutable(), problems.ToImmutable());
    }

    /// <summary>A comment begins the line or follows a blank: <c>#ctor</c> begins none.</summary>
    private static string WithoutComment(string line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '#' && (i == 0 || char.IsWhiteSpace(line[i - 1]))) return line.Substring(0, i).Trim();
        }

        return line.Trim();
    }

    private static CatalogueEntry? Read(string content, out string? problem)
    {
        var parts = content.Split(';');
        var id = DocumentationId.Parse(parts[0].Trim(), out var reason);
        problem = id is null ? reason : null;
        if (id is null) return null;

        var entry = new CatalogueEntry(id);
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1; i < parts.Length && problem is null; i++)
        {
            var part = parts[i].Trim();
            if (part.Length == 0)
            {
                if (i < parts.Length - 1) problem = "there is nothing between two semicolons";
                continue;
            }

            var equals = part.IndexOf('=');
            problem = equals >= 0
                ? Option(entry, part.Substring(0, equals).Trim(), part.Substring(equals + 1).Trim(), given)
                : Words(entry, part);
        }

        problem ??= Sense(entry);
        return entry;
    }

    private static string? Words(CatalogueEntry entry, string part)
    {
        foreach (var candidate in part.Split(','))
        {
            var word = candidate.Trim();
            if (word.Length == 0) return "there is nothing between two commas";
            var problem = entry.Id.Kind == 'T' ? TypeWord(entry, word) : MemberWord(entry, word);
            if (problem is not null) return problem;
        }

        return null;
    }

    private static string? TypeWord(CatalogueEntry entry, string word)
    {
        if (word == "connection") entry.IsConnection = true;
        else if (word == "not-a-connection") entry.IsNoConnection = true;
        else if (TraitNames.TryGetValue(word, out var trait)) entry.Traits |= trait;
        else if (IsOption(word)) return "'" + word + "' needs '=' and a value";
        else if (Roles.ContainsKey(word)) return "'" + word + "' is a role of a member, not a trait of a type";
        else return "'" + DocumentationId.Short(word) + "' is no trait of a type";
        return null;
    }

    private static string? MemberWord(CatalogueEntry entry, string word)
    {
        if (Roles.TryGetValue(word, out var role)) entry.Roles |= role;
        else if (word == "weak") entry.Weak = true;
        else if (word == "late-safe") entry.LateSafe = true;
        else if (word == "self-closing") entry.SelfClosing = true;
        else if (IsOption(word)) return "'" + word + "' needs '=' and a value";
        else if (word is "connection" or "not-a-connection" || TraitNames.ContainsKey(word)) return "'" + word + "' is said of a type, not of a member";
        else return "'" + DocumentationId.Short(word) + "' is no role of a member";
        return null;
    }

    private static bool IsOption(string word) => word is "usable" or "throws" or "of" or "unless" or "reason";

    private static string? Option(CatalogueEntry entry, string name, string value, HashSet<string> given)
    {
        if (!IsOption(name)) return "'" + DocumentationId.Short(name) + "' is no option";
        if (!given.Add(name)) return "'" + name + "' is given twice";
        if (value.Length == 0) return "'" + name + "' has no value";
        if (entry.Id.Kind != 'T' && name == "unless") return "'unless' is an option of a type, not of a member";
        if (entry.Id.Kind == 'T' && name is not ("reason" or "unless")) return "'" + name + "' is an option of a member, not of a type";
        switch (name)
        {
            case "reason":
                entry.Reason = value;
                return null;
            case "unless":
                entry.Unless = value;
                return SyntaxFacts.IsValidIdentifier(value) ? null : "'unless' names the setting that switches it off: AutomaticRecoveryEnabled";
            case "of":
                if (DocumentationId.Parse(value, out _) is not { Kind: 'T' }) return "'of' names a type: T:Name.Space.Type";
                entry.Of = value;
                return null;
            case "usable":
                entry.Usable = List(value);
                return entry.Usable.All(IsValue) ? null : "'usable' lists names of enum members, true, false or numbers, separated by commas";
            default:
                entry.Throws = List(value);
                return entry.Throws.All(t => DocumentationId.IsTypeName(t.Replace('+', '.'), out _)) ? null : "'throws' lists types of exceptions, separated by commas";
        }
    }

    private static ImmutableArray<string> List(string value) => value.Split(',').Select(v => v.Trim()).ToImmutableArray();

    private static bool IsValue(string value) => value is "true" or "false" || long.TryParse(value, out _) || SyntaxFacts.IsValidIdentifier(value);

    /// <summary>Understood word by word, a line can still say nothing, or two things at once.</summary>
    private static string? Sense(CatalogueEntry entry)
    {
        if (entry.Id.Kind == 'T')
        {
            if (entry.IsConnection && entry.IsNoConnection) return "a type is a connection or it is none";
            if (!entry.IsConnection && !entry.IsNoConnection) return "the line says neither 'connection' nor 'not-a-connection'";
            if (entry.Unless is not null && (entry.Traits & Traits.Reconnects) == 0) return "'unless' belongs to a type that 'reconnects'";
            if (entry.IsNoConnection && entry.Traits != Traits.None) return "what is no connection has no traits of one";
            return null;
        }

        if (entry.Roles == Role.None) return "the line gives the member no role";
        if ((entry.Roles & Role.Send) != 0 && (entry.Roles & Role.Quiet) != 0) return "a member is 'send' or it is 'quiet'";
        if (!entry.Usable.IsEmpty && (entry.Roles & (Role.State | Role.Alive | Role.Ensures)) == 0) return "'usable' belongs to a member that is 'state', 'alive' or 'ensures'";
        if (entry.Weak && (entry.Roles & Role.State) == 0) return "'weak' belongs to a member that is 'state'";
        if (entry.SelfClosing && (entry.Roles & Role.Open) == 0) return "'self-closing' belongs to a member that is 'open'";
        if (entry.LateSafe && (entry.Roles & (Role.Error | Role.Ended)) == 0) return "'late-safe' belongs to a member that is 'error' or 'ended'";
        return null;
    }
}
