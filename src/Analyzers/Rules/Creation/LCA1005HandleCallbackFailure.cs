using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Creation.Custody;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>In a function whose exceptions nobody catches, network I/O can fail: that ends the process.</summary>
internal sealed class LCA1005HandleCallbackFailure : IRule
{
    public const string Id = "LCA1005";

    /// <summary>The diagnostic's property that tells the fix what leaves the function: metadata names, separated by semicolons.</summary>
    public const string Exceptions = "exceptions";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Handle failure inside a completion callback",
        "'{0}' {1}, and nothing catches {2}: an exception that leaves it ends the process",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "An exception that leaves an AsyncCallback, a completion handler, a timer's callback, a pool thread's work item, a thread or an async void method ends the process. Network I/O there stands in a try that catches both what the network throws and what closing throws.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var callback in file.Unwatched)
        {
            // What an async method throws is its task's, or where it has none, below.
            if (callback.Function is IMethodSymbol { IsAsync: false, ReturnsVoid: true } && seen.Add(callback.Syntax)) Check(file, callback.Syntax, callback.Function, callback.Name, callback);
        }

        foreach (var member in file.ReachingMembers)
        {
            if (WorkItem(file, member.Declaration) is { } work && seen.Add(member.Declaration)) Check(file, member.Declaration, work, work.Name, null);
            if (!member.Identifiers.Contains("async")) continue;
            foreach (var function in AsyncFunctions(member.Declaration))
            {
                var symbol = function is AnonymousFunctionExpressionSyntax ? file.Model.GetSymbolInfo(function, file.Cancellation).Symbol : file.Model.GetDeclaredSymbol(function, file.Cancellation);
                if (symbol is not IMethodSymbol { IsAsync: true, ReturnsVoid: true } method || IsTest(method) || !seen.Add(function)) continue;
                var name = function is AnonymousFunctionExpressionSyntax ? "the handler" : method.Name;
                Check(file, function, method, name, file.Callbacks.FirstOrDefault(c => c.Syntax == function));
            }
        }
    }

    /// <summary>The thread pool runs an own work item as it is.</summary>
    private static IMethodSymbol? WorkItem(RuleContext file, SyntaxNode declaration) =>
        declaration is MethodDeclarationSyntax { Identifier.ValueText: "Execute", ParameterList.Parameters.Count: 0 } method && file.Model.GetDeclaredSymbol(method, file.Cancellation) is { IsAsync: false } symbol
        && symbol.ContainingType.AllInterfaces.Any(i => i is { Name: "IThreadPoolWorkItem", ContainingNamespace.Name: "Threading" }) ? symbol : null;

    /// <summary>The async functions without a result; of a lambda only its conversion tells.</summary>
    private static IEnumerable<SyntaxNode> AsyncFunctions(SyntaxNode member)
    {
        foreach (var node in member.DescendantNodesAndSelf())
        {
            if (node is MethodDeclarationSyntax method && method.Modifiers.Any(SyntaxKind.AsyncKeyword) && IsVoid(method.ReturnType)
                || node is LocalFunctionStatementSyntax local && local.Modifiers.Any(SyntaxKind.AsyncKeyword) && IsVoid(local.ReturnType)
                || node is AnonymousFunctionExpressionSyntax lambda && lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword)) yield return node;
        }

        static bool IsVoid(TypeSyntax type) => type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
    }

    /// <summary>A test framework waits for a test that is <c>async void</c>, and hears of what it throws.</summary>
    private static bool IsTest(IMethodSymbol method) =>
        method.GetAttributes().Any(a => a.AttributeClass is { Name: "FactAttribute" or "TheoryAttribute" or "TestAttribute" or "TestCaseAttribute" or "TestMethodAttribute" or "DataTestMethodAttribute", ContainingNamespace: { } space } && space.ToDisplayString() is "Xunit" or "NUnit.Framework" or "Microsoft.VisualStudio.TestTools.UnitTesting");

    private static void Check(RuleContext file, SyntaxNode function, ISymbol symbol, string name, Callback? callback)
    {
        // Half-written code is left alone.
        if (file.Analysis.Bodies.At(function, file.Cancellation) is null) return;
        var isCallback = callback is not null && (callback.Kind & CallbackKind.Callback) != 0;
        var escapes = file.Analysis.Escapes.Of(function, file.Cancellation);
        var sendsFromCallback = isCallback || escapes.Any(e => e.Io is { Kind: IoKind.Send }) && IsCalledBack(file, symbol);
        var first = escapes.FirstOrDefault(e => e.Io is not null && Counts(file, function, e, isCallback, sendsFromCallback) && (e.Fails || isCallback && e.Io.Kind != IoKind.Start || MayBeClosedByOthers(file, function, e.Io) && !IsOfOneJustMade(file, e)))
            ?? escapes.FirstOrDefault(e => e.Thrown is not null && !(isCallback && IsRefusedSend(file, e)) && (Escapes.IsNetworks(e.Thrown) || IsUnanswered(e) || IsAboutConnections(file, function, callback)));
        if (first is not null) Report(file, name, callback, first, Leaving(file, escapes));
        else if (TimerRearming.In(file, function) is { Count: > 0 } way) Report(file, name, callback, way);
    }

    /// <summary>What a sending member throws because the connection has gone is another rule's, like the send.</summary>
    private static bool IsRefusedSend(RuleContext file, Escape escape) => escape.Route.Any(step => (file.Analysis.Connections.RolesOf(step.Method, null) & Catalogue.Role.Send) != 0);

    /// <summary>A callback of this file calls it: what it sends is sent from that callback.</summary>
    private static bool IsCalledBack(RuleContext file, ISymbol function)
    {
        if (function.Name.Length == 0) return false;
        foreach (var callback in file.Callbacks)
        {
            foreach (var call in callback.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (call.Expression.LastName()?.Identifier.ValueText == function.Name && SymbolEqualityComparer.Default.Equals(file.Model.GetSymbolInfo(call, file.Cancellation).Symbol?.OriginalDefinition, function.OriginalDefinition)) return true;
            }
        }

        return false;
    }

    private static bool Counts(RuleContext file, SyntaxNode function, Escape escape, bool isCallback, bool sendsFromCallback)
    {
        if (escape.Carrier is not null || IsUnsaid(file, escape.Io!) || IsWithinProcess(file, escape.Io!) || !escape.Fails && LockedClosings.Exclude(file, escape.Io!)) return false;
        // What is just being made is nobody else's to close.
        if (escape.Io!.Kind == IoKind.Start && escape.Route.Any(step => step.Method is IMethodSymbol { MethodKind: MethodKind.Constructor })) return false;
        return escape.Io!.Kind switch
        {
            // An unguarded send in a callback is another rule's.
            IoKind.Send => !sendsFromCallback,
            // A callback that begins the next operation does so on a connection that has just worked; an operation object is not that careful.
            IoKind.Start => !isCallback || !escape.Io.Method.Name.StartsWith("Begin", StringComparison.Ordinal) || NextOperations.MayFindItClosed(file, function, escape),
            IoKind.Listen => false,
            // Closing throws where it speaks to the other side.
            IoKind.Close => Tasks.IsTask(escape.Io.Method.ReturnType) && escape.Fails && escape.Io.Failures.Any(f => f.Name == "WebSocketException"),
            _ => true,
        };
    }

    /// <summary>An own connection without code here, known by its shape alone: nobody has said that it throws.</summary>
    private static bool IsUnsaid(RuleContext file, IoCall io) =>
        io.IsVague && SymbolEqualityComparer.Default.Equals(io.Method.ContainingAssembly, file.Analysis.Compilation.Assembly)
            && file.Analysis.Connections.TypeOf(io.Type) is not { Source: not Catalogue.Source.Convention }
        || file.Analysis.Neighbours.Hide(io.Method, io.Type);

    /// <summary>A reader or writer over an anonymous pipe, whose other end is this program's, too, or over memory.</summary>
    private static bool IsWithinProcess(RuleContext file, IoCall io)
    {
        if (io.Connection is null) return false;
        var connection = IoCalls.Unwrapped(io.Connection);
        if (connection is ILocalReferenceOperation { Local: var local } && Initial(file, local) is { } value) connection = IoCalls.Unwrapped(value);
        if (connection is IFieldReferenceOperation { Field: var field } && file.Analysis.Summaries.IsOwn(field))
        {
            var made = Assignments.To(field, file.Analysis).Select(a => a.Model.GetOperation(a.Value, file.Cancellation)).OfType<IObjectCreationOperation>().ToList();
            return made.Count > 0 && made.All(IsOverOne);
        }

        return IsWithinProcess(connection.Type) || connection is IObjectCreationOperation creation && IsOverOne(creation);

        static bool IsOverOne(IObjectCreationOperation creation) => creation.Arguments.Any(a => IsWithinProcess(IoCalls.Unwrapped(a.Value).Type));
    }

    private static bool IsWithinProcess(ITypeSymbol? type) =>
        type is { Name: "AnonymousPipeServerStream" or "AnonymousPipeClientStream", ContainingNamespace.Name: "Pipes" } || Bases.IncludeNamed(type, "MemoryStream", "System.IO");

    private static IOperation? Initial(RuleContext file, ILocalSymbol local) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(file.Cancellation) is { } declaration
        && file.Analysis.Bodies.ModelOf(declaration.SyntaxTree).GetOperation(declaration, file.Cancellation) is IVariableDeclaratorOperation { Initializer.Value: var value } ? value : null;

    /// <summary>
    /// Where a flow of one's own handles what the network throws, closing matters only if somebody else closes under it: a
    /// variable is its own, and a field is closed by a member that others call.
    /// </summary>
    private static bool MayBeClosedByOthers(RuleContext file, SyntaxNode function, IoCall io)
    {
        if (io.Connection is null) return false;
        var connection = IoCalls.Unwrapped(io.Connection);
        if (connection is ILocalReferenceOperation { Local: var local } && Initial(file, local) is { } value) connection = IoCalls.Unwrapped(value);
        if (connection is IObjectCreationOperation or IAwaitOperation or IInvocationOperation) return false;
        // An operation object tells what the network did; only a closing that is to be seen can make its next start throw.
        if (connection is not IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference || !file.Analysis.Summaries.IsOwn(reference.Member)) return io.Kind != IoKind.Start;
        return !IsJustMade(io.Operation.Syntax, reference.Member.Name) && OtherClosers.Exist(file, function, reference.Member);
    }

    /// <summary>On the way an object is made and called, <c>new Peer(socket).Begin()</c>: nobody else has it yet to close it.</summary>
    private static bool IsOfOneJustMade(RuleContext file, Escape escape) =>
        escape.Route.Select(step => step.Location.SourceTree?.GetRoot(file.Cancellation).FindNode(step.Location.SourceSpan)).Prepend(escape.At.Syntax)
            .Any(call => call?.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { Expression: MemberAccessExpressionSyntax { Expression: BaseObjectCreationExpressionSyntax } });

    /// <summary>The same code has put a new one into the member, on the way to this: nobody has had the time to close it.</summary>
    private static bool IsJustMade(SyntaxNode io, string member) =>
        io.Ancestors().TakeWhile(a => a is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<BlockSyntax>()
            .Any(block => block.Statements.TakeWhile(s => s.Span.End <= io.SpanStart).Any(s => s.PutsNewInto(member)));

    /// <summary>It says itself that somebody has not answered in time.</summary>
    private static bool IsUnanswered(Escape escape) => escape is { Route.IsEmpty: true, Thrown: { Name: "TimeoutException", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };

    /// <summary>A function that does network I/O, or that a connection calls: what it throws is about that connection.</summary>
    private static bool IsAboutConnections(RuleContext file, SyntaxNode function, Callback? callback) =>
        callback?.Function is IMethodSymbol { Parameters: var parameters } && parameters.Any(p => file.Analysis.Connections.TypeOf(p.Type) is not null)
        || file.Analysis.Escapes.Operations(function, file.Cancellation).Any(o => o is IInvocationOperation && file.Analysis.Io.Of(o) is not null);

    /// <summary>Everything that the function lets out, so that one <c>try</c> around it all is enough.</summary>
    private static string Leaving(RuleContext file, ImmutableArray<Escape> escapes)
    {
        var types = new List<ITypeSymbol>();
        foreach (var escape in escapes)
        {
            if (escape.Thrown is { } thrown) types.Add(thrown);
            if (escape.Io is not { } io) continue;
            if (escape.Fails) types.AddRange(io.Failures.Where(f => f.Name != "TimeoutException"));
            if (escape.Ends) types.AddRange(io.Endings.Take(1));
            // A wait that is given up leaves by this, and ends the process just as well.
            if (Openings.MayBeCancelled(io.Operation) && file.Analysis.Catalogue.Types.Find("System.OperationCanceledException") is { } cancelled) types.Add(cancelled);
        }

        return string.Join(";", types.Select(MetadataName).Distinct().OrderBy(Order).ThenBy(n => n, StringComparer.Ordinal));

        static int Order(string name) => name.EndsWith("SocketException", StringComparison.Ordinal) ? 0 : name.EndsWith("ObjectDisposedException", StringComparison.Ordinal) ? 2 : 1;

        static string MetadataName(ITypeSymbol type) => type.ContainingType is { } outer ? MetadataName(outer) + "+" + type.MetadataName
            : type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + type.MetadataName : type.MetadataName;
    }

    private static void Report(RuleContext file, string name, Callback? callback, Escape escape, string leaving)
    {
        var locations = ImmutableArray.CreateBuilder<Location>();
        if (callback is not null) locations.Add(callback.Subscription);
        foreach (var step in escape.Route) locations.Add(step.Location);
        file.Report(Diagnostic.Create(Rule, escape.At.Syntax.GetLocation(), locations, ImmutableDictionary<string, string?>.Empty.Add(Exceptions, leaving), name, What(escape), Missing(escape)));
    }

    /// <summary>The re-arming of a timer, and the calls that lead to it.</summary>
    private static void Report(RuleContext file, string name, Callback? callback, IReadOnlyList<IInvocationOperation> way)
    {
        var locations = ImmutableArray.CreateBuilder<Location>();
        if (callback is not null) locations.Add(callback.Subscription);
        foreach (var step in way.Skip(1)) locations.Add(step.Syntax.GetLocation());
        var through = way.Count == 1 ? "calls 'Change'" : $"reaches 'Change' through {string.Join(", ", way.Take(way.Count - 1).Select(step => "'" + step.TargetMethod.Name + "'"))}";
        file.Report(Diagnostic.Create(Rule, way[0].Syntax.GetLocation(), locations, ImmutableDictionary<string, string?>.Empty.Add(Exceptions, "System.ObjectDisposedException"), name,
            through + " on a timer that may be disposed by then", "ObjectDisposedException"));
    }

    private static string What(Escape escape)
    {
        if (escape.Io is not { } io) return escape.Route.IsEmpty ? "throws" : $"reaches a 'throw' through {Through(escape, null)}";
        var through = Through(escape, io.Name);
        return through.Length == 0 ? $"calls '{io.Name}'" : $"reaches '{io.Name}' through {through}";
    }

    private static string Through(Escape escape, string? end) =>
        string.Join(", ", escape.Route.Select(step => "'" + step.Method.Name.Substring(step.Method.Name.LastIndexOf('.') + 1) + "'").Where(n => n != "''" && n != "'" + end + "'").Distinct());

    private static string Missing(Escape escape)
    {
        if (escape.Io is not { } io) return escape.Thrown!.Name;
        var failure = io.Failures.LastOrDefault(f => f.Name is "SocketException" or "IOException" or "WebSocketException" or "HttpListenerException")?.Name;
        return string.Join(" or ", new[] { escape.Fails ? failure : null, escape.Ends ? "ObjectDisposedException" : null }.Where(n => n is not null));
    }
}
