using System.Collections.Concurrent;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Which words can be a connection's state, so that code which asks no state need not be looked at.</summary>
internal sealed class States(Analysis analysis)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private HashSet<string>? _names;

    private HashSet<string> Names => _names ??= new(analysis.Catalogue.AllMemberNames(Role.State | Role.Alive), StringComparer.Ordinal);

    public bool MentionsState(HashSet<string> identifiers)
    {
        foreach (var name in identifiers)
        {
            if (_known.GetOrAdd(name, Tells)) return true;
        }

        return false;
    }

    private bool Tells(string name) =>
        Names.Contains(name) || ClosingFlags.ByName(name) is not null
        || ClosingFlags.Words(name).LastOrDefault() is { } last && (last.Equals("State", StringComparison.OrdinalIgnoreCase) || last.Equals("Status", StringComparison.OrdinalIgnoreCase) || last.Equals("Phase", StringComparison.OrdinalIgnoreCase));
}
