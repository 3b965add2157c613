using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow;

/// <summary>Everything that is known of one compilation, computed when first asked for. There is no other cache.</summary>
internal sealed class Analysis
{
    /// <summary>How deep calls are followed.</summary>
    public const int Depth = 5;

    public Analysis(Compilation compilation, ConnectionCatalogue catalogue, AnalyzerOptions options)
    {
        Compilation = compilation;
        Catalogue = catalogue;
        Options = options;
        Bodies = new Bodies(compilation);
        Connections = new Connections(this);
        Implementations = new Implementations(this);
        NeverReturning = new Paths.NeverReturning(this);
        Summaries = new Summaries(this);
        Delegates = new Delegates(this);
        Guards = new Guards(this);
        Types = new TypeFacts(this);
        States = new States(this);
        SendSites = new SendSites(this);
        Flags = new ClosingFlags(this);
        Cached = new CachedFields(this);
        Attachments = new Attachments(this);
        Holders = new Holders(this);
        Io = new IoCalls(this);
        Tasks = new TaskMethods(this);
        Escapes = new Escapes(this);
        Callers = new Callers(this);
        Raisers = new Raisers(this);
        Requests = new Requests(this);
        Neighbours = new Neighbours(this);
    }

    public Compilation Compilation { get; }

    public ConnectionCatalogue Catalogue { get; }

    public AnalyzerOptions Options { get; }

    public Bodies Bodies { get; }

    public Connections Connections { get; }

    public Implementations Implementations { get; }

    public Paths.NeverReturning NeverReturning { get; }

    public Summaries Summaries { get; }

    public Delegates Delegates { get; }

    public Guards Guards { get; }

    public TypeFacts Types { get; }

    public States States { get; }

    public SendSites SendSites { get; }

    public ClosingFlags Flags { get; }

    public CachedFields Cached { get; }

    public Attachments Attachments { get; }

    public Holders Holders { get; }

    public IoCalls Io { get; }

    public TaskMethods Tasks { get; }

    public Escapes Escapes { get; }

    public Callers Callers { get; }

    public Raisers Raisers { get; }

    public Requests Requests { get; }

    public Neighbours Neighbours { get; }
}
