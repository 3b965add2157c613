using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>One line of a catalogue file that could be understood.</summary>
internal sealed class CatalogueEntry(DocumentationId id)
{
    public DocumentationId Id { get; } = id;

    public bool IsConnection { get; set; }

    public bool IsNoConnection { get; set; }

    public Traits Traits { get; set; }

    public Role Roles { get; set; }

    public ImmutableArray<string> Usable { get; set; } = [];

    public ImmutableArray<string> Throws { get; set; } = [];

    public bool Weak { get; set; }

    public bool LateSafe { get; set; }

    public bool SelfClosing { get; set; }

    public string? Of { get; set; }

    public string? Reason { get; set; }

    /// <summary>The setting of a factory or its options without which what reconnects does not.</summary>
    public string? Unless { get; set; }

    /// <summary>Where it stands, so that a line that fits nothing can be shown.</summary>
    public TextLine Line { get; set; }

    /// <summary>A line of the user's own; it goes before what is built in.</summary>
    public bool IsUsers { get; set; }
}
