using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents;

/// <summary>A place in a program where a diagnostic is due, by its mark <c>//! LCA…</c>; lines count from 1.</summary>
public sealed record Mark(string File, int Line, string Id);

/// <summary>One incident: a program that fails, with the lines marked that an analyzer should find.</summary>
public sealed partial record Incident(string Name, string Title, ImmutableArray<SourceFile> Sources)
{
    private static readonly (string Name, string Title)[] _known =
    [
        ("Drain", "A drain event reaches Send after the stream began to close"),
        ("DrainInBase", "A drain event reaches Send through the queue of a base class in another file"),
        ("DrainStale", "A drain event asks for the state, waits for a key, and sends after the stream began to close"),
        ("CachedSession", "A cached session is asked for a request after its transport was cut"),
        ("KeepAlive/Connected", "A kept connection is used again after the server ended it with its last answer"),
        ("KeepAlive/Unchecked", "A kept connection is taken out of the pool unasked after the server ended it"),
        ("WebSocketSenders/Plain", "A timer and two handlers send on one web socket, into each other's messages and past its end"),
        ("WebSocketSenders/Tls", "A timer and two handlers write to one TLS stream, which takes one write at a time"),
        ("Http2Goaway", "The last streams of a session that is going away ask it for more"),
        ("Proxy", "A proxy attaches the error handler after its upstream connection already failed"),
        ("ProxyAtFullSize", "A proxy passes through and ends TLS, and every way to fail leaves something open or ends it"),
        ("OneAtATime/SharedField", "A server that works one by one keeps the caller's connection in a field of its own"),
        ("OneAtATime/ReturnedConnection", "A connection goes back to the pool with an answer still on its way"),
        ("OneAtATime/LateAnswer", "Who gives up leaves the answer in the one connection that is kept, and the next one takes it"),
        ("OneAtATime/Buffer", "A question waits for its turn in a buffer that has been given back"),
        ("OneAtATime/Operation", "An operation object is back in its pool while the answer still comes with it"),
        ("OneAtATime/Context", "The answer is there after the request, and asks the request's context whose it is"),
        ("OneAtATime/Exchange", "Each question takes the next answer that comes on the connection they share"),
    ];

    /// <summary>The incidents that the fixes repair.</summary>
    public static ImmutableArray<string> Names { get; } = [.. _known.Select(incident => incident.Name)];

    /// <summary>The marks of all files, in file and line order.</summary>
    public ImmutableArray<Mark> Marks =>
    [
        .. from source in Sources
           from line in source.Text.Split('\n').Select((text, index) => (text, number: index + 1))
           from Match mark in MarkPattern().Matches(line.text)
           select new Mark(source.Name, line.number, mark.Groups[1].Value),
    ];

    /// <summary>Whether it has a web server of ASP.NET Core in it.</summary>
    public bool NeedsAspNetCore => Sources.Any(source => source.Text.Contains("using Microsoft.AspNetCore", StringComparison.Ordinal));

    /// <summary>A project of its sources, as they are or as they have become.</summary>
    public Project ProjectOf(ImmutableArray<SourceFile> sources) =>
        SourceProject.Create(Name.Replace('/', '.'), sources, references: NeedsAspNetCore ? FrameworkReferences.AspNetCore : []);

    /// <summary>Reads an incident's program from beside the running program.</summary>
    /// <exception cref="ArgumentException">There is no such incident.</exception>
    public static Incident Load(string name)
    {
        var title = _known.SingleOrDefault(incident => incident.Name == name).Title
            ?? throw new ArgumentException($"There is no incident '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        var folder = Path.Combine(AppContext.BaseDirectory, "Incidents", name);
        var files = Directory.GetFiles(folder, "*.cs").Concat(ScenarioOf(folder)).Order(StringComparer.Ordinal);
        return new Incident(name, title, [.. files.Select(file => new SourceFile(file, File.ReadAllText(file)))]);
    }

    /// <summary>What several incidents play in: the scenario lies beside their folders.</summary>
    private static string[] ScenarioOf(string folder) =>
        Path.Combine(Path.GetDirectoryName(folder)!, "Scenario") is var scenario && Directory.Exists(scenario) ? Directory.GetFiles(scenario, "*.cs") : [];

    [GeneratedRegex(@"//! (LCA\d{4})\b")]
    private static partial Regex MarkPattern();
}
