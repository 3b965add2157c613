using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>
/// Members of a class, one of them summarised by the engine alone, without any rule. <c>At("point")</c> in it marks a point;
/// what the engine knows there is read back as text.
/// </summary>
internal sealed class Snippet
{
    private const string Before = """
        using Wires;
        using System.Collections.Concurrent;
        using System.Diagnostics.CodeAnalysis;
        using System.Net.Sockets;
        using static Point;

        static class Point
        {
            public static void At(string point) { }
            public static void At(string point, object? value) { }
        }

        """;

    private readonly Compilation _compilation;
    private readonly LifecycleAnalyzers.Flow.Analysis _analysis;

    private Snippet(IEnumerable<string> sources, string method)
    {
        _compilation = Compiled.Of(sources.Select((text, i) => ($"Test{i}.cs", text)), [.. ReferenceAssemblies.Net100.References, WireLibrary.Reference]);
        Assert.Equal("", _compilation.Errors());
        _analysis = Analyse(_compilation);
        Body = FindBody(method);
        Summary = _analysis.Summaries.Of(Body, LifecycleAnalyzers.Flow.Analysis.Depth, CancellationToken.None);
    }

    public LifecycleAnalyzers.Flow.Analysis Analysis => _analysis;

    public Body Body { get; }

    /// <summary>Null where the engine has given up.</summary>
    public Summary? Summary { get; }

    public Summary Known => Summary ?? throw new InvalidOperationException("The engine gave up.");

    /// <summary>The members of a class C with fields _c, _d and _flag; its method M is looked at.</summary>
    public static Snippet Of(string members, string method = "M", params string[] further) =>
        new([Before + "partial class C { WireClient _c = new(); WireClient? _d; bool _flag; int _count; readonly object _sync = new();\n" + members + "\n}", .. further], method);

    /// <summary>The statements of the method M of that class.</summary>
    public static Snippet OfBody(string statements) => Of("void M() {\n" + statements + "\n}");

    public static Snippet OfAsync(string statements) => Of("async Task M() {\n" + statements + "\n}");

    /// <summary>Whole sources; the method is named by its name alone.</summary>
    public static Snippet OfSources(string method, params string[] sources) => new([.. sources.Select((s, i) => i == 0 ? Before + s : s)], method);

    /// <summary>What is known of values at a point, sorted; several texts where the point is met on several ways.</summary>
    public IReadOnlyList<string> AllFacts(string point) => [.. Points(point).Select(e => Text.Facts(e.State)).Distinct()];

    public string Facts(string point) => Assert.Single(AllFacts(point));

    /// <summary>What the second argument of the point may be, sorted.</summary>
    public string Value(string point) => Text.Value(Assert.Single(Points(point)).Arguments[1]);

    /// <summary>What has happened to the second argument of the point.</summary>
    public string Marks(string point)
    {
        var happened = Assert.Single(Points(point));
        return Text.Marks(happened.State.MarksOf(Assert.Single(happened.Arguments[1].Places.ToList())));
    }

    public bool Reaches(string point) => Points(point).Count > 0;

    public FlowState State(string point) => Assert.Single(Points(point)).State;

    /// <summary>The facts at the normal exit.</summary>
    public string ExitFacts => Known.Exit is { } exit ? Text.Facts(exit) : "never returns";

    public string Result => Text.Value(Known.Result);

    /// <summary>Sends as callers see them: the connection, the member, and whether it is guarded and validated.</summary>
    public IReadOnlyList<string> Sends => [.. Known.Sends.Select(Describe)];

    public IEnumerable<BodyEvent> Events(EventKind kind) => Known.Events.Where(e => e.Kind == kind);

    /// <summary>The kept summary, asked for a second time.</summary>
    public Summary? Again() => _analysis.Summaries.Of(Body, LifecycleAnalyzers.Flow.Analysis.Depth, CancellationToken.None);

    /// <summary>The sends as an analysis finds them that knows nothing yet.</summary>
    public string Fresh(CancellationToken cancellation = default) => Fresh(LifecycleAnalyzers.Flow.Analysis.Depth, cancellation);

    /// <summary>The same, where somebody with less depth left has asked for the body before.</summary>
    public string Fresh(int askedBefore, CancellationToken cancellation = default)
    {
        var analysis = Analyse(_compilation);
        var body = analysis.Bodies.At(Body.Syntax, cancellation)!;
        analysis.Summaries.Of(body, askedBefore, cancellation);
        return string.Join("\n", analysis.Summaries.Of(body, LifecycleAnalyzers.Flow.Analysis.Depth, cancellation)!.Sends.Select(Describe));
    }

    private static LifecycleAnalyzers.Flow.Analysis Analyse(Compilation compilation) =>
        new(compilation, ConnectionCatalogue.Create(compilation, new AnalyzerOptions([]), CancellationToken.None), new AnalyzerOptions([]));

    private static string Describe(SendFact send) =>
        $"{Text.Place(send.Connection)}.{send.Member.Name}{(send.Guarded ? " guarded" : "")}{(send.Validated ? " validated" : "")}{string.Concat(send.Route.Select(r => " via " + r.Method.Name))}";

    private List<BodyEvent> Points(string point) =>
        [.. Known.Events.Where(e => e is { Kind: EventKind.Call, Symbol.Name: "At" } && e.Arguments[0].Atoms is [Atom.Constant { Value: string name }] && name == point)];

    private Body FindBody(string name)
    {
        foreach (var tree in _compilation.SyntaxTrees)
        {
            foreach (var node in tree.GetRoot().DescendantNodes())
            {
                var isIt = node switch
                {
                    MethodDeclarationSyntax method => method.Identifier.ValueText == name && (method.Body ?? (SyntaxNode?)method.ExpressionBody) is not null,
                    ConstructorDeclarationSyntax constructor => name == ".ctor" && constructor.Identifier.ValueText != "",
                    LocalFunctionStatementSyntax function => function.Identifier.ValueText == name,
                    AnonymousFunctionExpressionSyntax => name == "lambda",
                    PropertyDeclarationSyntax property => property.Identifier.ValueText == name,
                    VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } field => field.Identifier.ValueText == name,
                    _ => false,
                };
                if (isIt) return _analysis.Bodies.At(node, CancellationToken.None) ?? throw new InvalidOperationException($"{name} has no body to look at.");
            }
        }

        throw new InvalidOperationException($"There is no {name}.");
    }
}
