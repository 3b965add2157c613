using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>How the type that a fix writes into reports a failure.</summary>
internal static class Reporting
{
    /// <summary>The name of the logger in scope: a field, a property, a parameter; null where there is none.</summary>
    public static string? Logger(SemanticModel model, int position)
    {
        var isStatic = model.GetEnclosingSymbol(position) is IMethodSymbol { IsStatic: true };
        return model.LookupSymbols(position).FirstOrDefault(s => s switch
        {
            IFieldSymbol { IsImplicitlyDeclared: false } field => IsLogger(field.Type) && (!isStatic || field.IsStatic),
            IPropertySymbol property => IsLogger(property.Type) && (!isStatic || property.IsStatic),
            IParameterSymbol parameter => IsLogger(parameter.Type),
            _ => false,
        })?.Name;
    }

    private static bool IsLogger(ITypeSymbol type) => type.Name == "ILogger" && type.ContainingNamespace?.ToDisplayString() == "Microsoft.Extensions.Logging";

    /// <summary>The expression that tells of an exception here: by the logger in scope, or by the trace.</summary>
    /// <param name="model">The file's.</param>
    /// <param name="position">Where it is told.</param>
    /// <param name="exception">The exception, as it is written there.</param>
    /// <param name="mayBeNull">Its type says that there may be none.</param>
    public static string Telling(SemanticModel model, int position, string exception, bool mayBeNull = false) =>
        Logger(model, position) is { } logger && CanLog(model, position)
            ? $"{logger}.LogError({exception}, \"the connection failed\")"
            : $"{model.Trace(position)}.TraceError({exception}{(mayBeNull ? "?" : "")}.ToString())";

    /// <summary>Is <c>LogError</c> an extension that can be called here without another <c>using</c>?</summary>
    private static bool CanLog(SemanticModel model, int position) => !model.LookupNamespacesAndTypes(position, name: "LoggerExtensions").IsEmpty;

    /// <summary>A name that nothing in scope has.</summary>
    public static string Unused(SemanticModel model, int position, params string[] names) =>
        names.FirstOrDefault(name => model.LookupSymbols(position, name: name).IsEmpty) ?? names[0] + "1";
}
