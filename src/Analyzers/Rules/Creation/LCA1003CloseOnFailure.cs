using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;
using LifecycleAnalyzers.Rules.Creation.Custody;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>A connection is made here, opening it fails, and nobody closes it.</summary>
internal sealed class LCA1003CloseOnFailure : IRule
{
    public const string Id = "LCA1003";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Close the socket when connecting fails",
        "The {0} that is made here stays open when '{1}' {2}",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A connection that was created but could not be opened still has its socket. When the exception leaves, nobody can close it any more: each failed attempt costs a handle until the garbage collector finds it.",
        helpLinkUri: Describe.HelpLink(Id));

    private static readonly string[] Verbs =
        ["Connect", "Open", "Dial", "Start", "Bind", "Listen", "Authenticate", "EndConnect", "Ensure", "WaitForConnection", "Handshake", "Login", "Logon", "Negotiate", "Try", "Init", "Begin"];

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        Custodian? custodian = null;
        foreach (var member in file.CodeMembers)
        {
            if (!MayOpen(member)) continue;
            custodian ??= new Custodian(file.Analysis, file.Cancellation);
            foreach (var body in file.BodiesOf(member)) Check(file, custodian, body);
        }
    }

    public static bool MayOpen(CodeMember member)
    {
        foreach (var name in member.Identifiers)
        {
            foreach (var verb in Verbs)
            {
                if (name.StartsWith(verb, StringComparison.Ordinal)) return true;
            }
        }

        return false;
    }

    private static void Check(RuleContext file, Custodian custodian, Body body)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var source in custodian.Sources(body))
        {
            if (!seen.Add(source.Syntax)) continue;
            var rule = new LeakRule(custodian, body, source, Custodian.Depth);
            if (PathEngine<Kept>.Exits(file.Analysis, body, rule, default, null, file.Cancellation) is not { } exits) continue;
            var leaks = exits.Where(e => IsLeak(body, e)).ToList();
            var failed = rule.Lost.Select(by => (By: by, Thrown: true)).Concat(leaks.Select(e => (By: e.Token.By!, Thrown: e.Token.Hold == Hold.Failed))).ToList();
            var first = failed.OrderBy(f => f.By.Syntax.SpanStart).ThenByDescending(f => f.Thrown).FirstOrDefault();
            if (first.By is null)
            {
                if (new ForgottenField(custodian, file.Model, file.Cancellation).OpeningOf(source) is { } opening) Report(file, source, opening, true, [opening.Syntax.GetLocation()], IsListening(opening));
                continue;
            }

            // What opens, and the throw that gives it up.
            var places = failed.Select(f => f.By.Syntax).Concat(leaks.Where(e => e.Token.Hold == Hold.Opened).Select(e => e.By!.Syntax));
            Report(file, source, first.By, first.Thrown, places.Distinct().OrderBy(p => p.SpanStart).Select(p => p.GetLocation()), failed.All(f => f.Thrown && IsListening(f.By)));
        }
    }

    /// <summary>
    /// Begins to listen. What stays open when that fails has no peer and no port, and the program that wanted to serve there has other
    /// troubles: the report is a suggestion.
    /// </summary>
    private static bool IsListening(IOperation opening) => opening is IInvocationOperation
    {
        TargetMethod: { Name: "Start" or "Bind" or "Listen", ContainingType: { Name: "TcpListener" or "Socket", ContainingNamespace: { Name: "Sockets", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } } } },
    };

    private static bool IsLeak(Body body, PathExit<Kept> exit)
    {
        if (exit.Token.By is null) return false;
        if (exit.Thrown is not null && EndsProcess(body) || IsTest(body)) return false;
        return exit.Token.Hold == Hold.Failed || exit is { Token.Hold: Hold.Opened, Thrown: not null, By: not null };
    }

    /// <summary>What leaves the program's entry point ends the process.</summary>
    private static bool EndsProcess(Body body) => body.Method is { IsStatic: true, Name: "Main" or "<Main>$" };

    private static bool IsTest(Body body)
    {
        var outermost = body;
        while (outermost.Outer is { } outer) outermost = outer;
        return outermost.Method is { } method && method.GetAttributes().Any(a => a.AttributeClass?.Name is { } name && IsTest(name.EndsWith("Attribute", StringComparison.Ordinal) ? name.Substring(0, name.Length - 9) : name));
    }

    private static bool IsTest(string attribute) => attribute is "Fact" or "Theory" or "Test" or "TestCase" or "TestMethod" or "DataTestMethod" or "Benchmark";

    private static void Report(RuleContext file, IOperation source, IOperation by, bool thrown, IEnumerable<Location> places, bool isSoftened)
    {
        var type = source is IObjectCreationOperation creation ? creation.Type : Openings.Result(((IInvocationOperation)source).TargetMethod);
        var name = by switch
        {
            IInvocationOperation call => call.TargetMethod.Name,
            IObjectCreationOperation made => "new " + made.Type?.Name,
            _ => "",
        };
        file.Report(Diagnostic.Create(Rule, source.Syntax.GetLocation(), Describe.Severity(Rule, isSoftened), places, null, "'" + type?.Name + "'", name, thrown ? "fails" : "is given up"));
    }
}
