using System.Collections.Immutable;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>What is known of one member.</summary>
internal sealed class MemberFacts
{
    public static readonly MemberFacts None = new(Role.None);

    public MemberFacts(Role roles) => Roles = roles;

    public Role Roles { get; }

    /// <summary>The values of a state member that mean usable: names of enum members, <c>true</c>, <c>false</c> or numbers.</summary>
    public ImmutableArray<string> Usable { get; init; } = [];

    /// <summary>The state does not notice a lost peer.</summary>
    public bool Weak { get; init; }

    /// <summary>Who subscribes late is told at once what was missed.</summary>
    public bool LateSafe { get; init; }

    /// <summary>Where it fails to open its connection it closes it: nothing is left to give back.</summary>
    public bool SelfClosing { get; init; }

    /// <summary>Metadata names of the exceptions that it throws on a closing connection, beyond the usual ones.</summary>
    public ImmutableArray<string> Throws { get; init; } = [];

    /// <summary>The documentation ID of the type that the member works on, where that is not its own.</summary>
    public string? Of { get; init; }

    public string? Reason { get; init; }

    public bool Has(Role role) => (Roles & role) != 0;
}
