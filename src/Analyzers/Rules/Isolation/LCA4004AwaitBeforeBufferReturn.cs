using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A buffer goes back to its pool while a send or receive still works on it.</summary>
internal sealed class LCA4004AwaitBeforeBufferReturn : IRule
{
    public const string Id = "LCA4004";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not return a buffer that an operation still uses",
        "'{0}' is given away while {1}",
        "Isolation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Who returns a buffer gives up ownership: the pool hands it to the next one at once. An operation that still sends from it then sends another's bytes, one that still receives into it overwrites them. Await the operation before, and after a timeout drop the buffer.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.AllCode)
        {
            if (!MayGiveBack(member.Identifiers) && !MayReuse(member)) continue;
            if (Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            var reported = new HashSet<SyntaxNode>();
            foreach (var operation in BufferOperations.In(root, file.Analysis, file.Cancellation)) Check(file, operation, reported);
            if (member.Identifiers.Contains("Return")) KeptInField(file, root, member.Declaration, reported);
        }
    }

    private static bool MayGiveBack(HashSet<string> words) =>
        words.Contains("Return") || words.Contains("Dispose") || words.Contains("MemoryPool") || words.Contains("IMemoryOwner") || words.Contains("Rent") || words.Any(w => BufferPath.Releasing.Contains(w));

    /// <summary>A buffer that is filled anew while a send that nobody waits for reads it.</summary>
    private static bool MayReuse(Facts.CodeMember member) => Wire.MayWrite(member.Invoked) || member.Declaration.DescendantNodes().Any(n => n is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }) && Wire.MayRead(member.Invoked);

    private static void Check(RuleContext file, BufferOperation operation, HashSet<SyntaxNode> reported)
    {
        if (Code.FunctionAround(operation.Call.Syntax) is not { } function || file.Analysis.Bodies.At(function is BasePropertyDeclarationSyntax property ? (SyntaxNode?)(property as PropertyDeclarationSyntax)?.ExpressionBody ?? property : function, file.Cancellation) is not { } body) return;
        var path = new BufferPath(operation, body, file.Analysis);
        if (!path.CanBeGivenBack) return;
        if (PathEngine<OperationState>.Exits(file.Analysis, body, path, OperationState.NotStarted, null, file.Cancellation) is not { } exits) return;
        if (path.Found.Count == 0 && operation.Buffers.Any(b => b is IFieldSymbol) && path.Refills && exits.Any(e => e.Thrown is null && e.Token == OperationState.Pending) && !Gates.MayExclude(function))
            PathEngine<OperationState>.Exits(file.Analysis, body, path, OperationState.Pending, null, file.Cancellation);
        foreach (var (release, buffer) in path.Found)
        {
            var place = Places.OfRelease(release);
            if (!reported.Add(place)) continue;
            file.Report(Diagnostic.Create(Rule, place.GetLocation(), [operation.Call.Syntax.GetLocation()], buffer.Name, $"'{operation.Call.TargetMethod.Name}' may still use it"));
        }
    }

    /// <summary>Returned and still in its field: whoever uses the field next works on another's buffer, or returns it a second time.</summary>
    private static void KeptInField(RuleContext file, IOperation root, SyntaxNode declaration, HashSet<SyntaxNode> reported)
    {
        if (IsEnd(declaration)) return;
        foreach (var operation in root.Descendants())
        {
            if (operation is not IInvocationOperation { TargetMethod: { Name: "Return", ContainingType.Name: "ArrayPool" } } call || call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is not { } given) continue;
            if (Code.Unwrapped(given.Value) is not IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: { IsReadOnly: false } field } || Code.FunctionAround(call.Syntax) is not { } function) continue;
            if (IsReplaced(field, function) || IsReplacedByCallers(file, field, function) || !IsUsedElsewhere(field, function, file.Cancellation) && !IsUsedAgain(field, call.Syntax, function) || !reported.Add(call.Syntax)) continue;
            file.Report(Diagnostic.Create(Rule, call.Syntax.GetLocation(), field.Name, "its field still holds it"));
        }
    }

    private static bool IsReplaced(IFieldSymbol field, SyntaxNode function) =>
        function.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: var left } && left.LastWord() == field.Name
            || n is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument && argument.Expression.Mentions(field.Name));

    /// <summary>A private helper gives it back, and each that calls it puts another in its place: <c>Release(); _buffer = [];</c></summary>
    private static bool IsReplacedByCallers(RuleContext file, IFieldSymbol field, SyntaxNode function)
    {
        if (file.Model.GetDeclaredSymbol(function, file.Cancellation) is not IMethodSymbol { DeclaredAccessibility: Accessibility.Private } helper) return false;
        var callers = file.Analysis.Callers.Of(helper, file.Cancellation);
        return !callers.IsEmpty && callers.All(c => Code.FunctionAround(c.Syntax) is { } caller && (IsEnd(caller) || IsReplaced(field, caller)));
    }

    /// <summary>The object's own end: nobody uses the field after it.</summary>
    private static bool IsEnd(SyntaxNode declaration) => declaration is DestructorDeclarationSyntax
        || declaration is MethodDeclarationSyntax { Identifier.ValueText: "Dispose" or "DisposeAsync" or "DisposeCore" or "DisposeAsyncCore" or "Close" or "CloseAsync" or "DisposeManaged" or "OnDispose" or "Shutdown" };

    private static bool IsUsedElsewhere(IFieldSymbol field, SyntaxNode function, CancellationToken cancellation) =>
        field.ContainingType.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(cancellation).DescendantNodes()).OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.ValueText == field.Name && !function.Span.Contains(n.Span) && n.FirstAncestorOrSelf<MemberDeclarationSyntax>() is MethodDeclarationSyntax method && !IsEnd(method));

    /// <summary>The method that returns it works on it when it is called the next time; not a loop that is run once.</summary>
    private static bool IsUsedAgain(IFieldSymbol field, SyntaxNode release, SyntaxNode function) =>
        function is MethodDeclarationSyntax method && method.Modifiers.Any(m => m.IsKind(SyntaxKind.PublicKeyword) || m.IsKind(SyntaxKind.InternalKeyword)) && !Phases.IsOnce(method)
        && Code.OwnNodes(function).OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == field.Name && !release.Span.Contains(n.Span)).ToList() is { Count: > 0 } uses
        && uses.All(u => Order.LoopAround(u) is null) && uses.Any(IsWork);

    /// <summary>It is given to a call; whether there is one, or how long it is, can be asked of any.</summary>
    private static bool IsWork(IdentifierNameSyntax use)
    {
        var named = use.Whole();
        var whole = named.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax made } access && access.Expression == named ? made : named;
        return whole.Parent is ArgumentSyntax or ElementAccessExpressionSyntax;
    }
}
