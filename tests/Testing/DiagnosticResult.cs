using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>
/// A diagnostic that a test expects. The first location is the diagnostic's own, further ones its additional
/// locations in order; without any, it is expected to have none. The message is compared only when it or its
/// arguments were given.
/// </summary>
public readonly record struct DiagnosticResult
{
    private readonly ImmutableArray<DiagnosticLocation> _locations;
    private readonly string? _message;

    public DiagnosticResult(string id, DiagnosticSeverity severity)
    {
        Id = id;
        Severity = severity;
    }

    public DiagnosticResult(DiagnosticDescriptor descriptor) : this(descriptor.Id, descriptor.DefaultSeverity) =>
        MessageFormat = descriptor.MessageFormat;

    public string Id { get; }

    public DiagnosticSeverity Severity { get; private init; }

    public DiagnosticOptions Options { get; private init; }

    public LocalizableString? MessageFormat { get; private init; }

    public object?[]? MessageArguments { get; private init; }

    public ImmutableArray<DiagnosticLocation> Locations
    {
        get => _locations.IsDefault ? [] : _locations;
        private init => _locations = value;
    }

    public string? Message =>
        _message ?? (MessageArguments is { } arguments && MessageFormat is { } format
            ? string.Format(CultureInfo.InvariantCulture, format.ToString(CultureInfo.InvariantCulture), arguments)
            : null);

    public static DiagnosticResult CompilerError(string id) => new(id, DiagnosticSeverity.Error);

    public static DiagnosticResult CompilerWarning(string id) => new(id, DiagnosticSeverity.Warning);

    public DiagnosticResult WithSeverity(DiagnosticSeverity severity) => this with { Severity = severity };

    public DiagnosticResult WithOptions(DiagnosticOptions options) => this with { Options = options };

    public DiagnosticResult WithMessage(string? message) => new(this, message);

    public DiagnosticResult WithMessageFormat(LocalizableString format) => this with { MessageFormat = format };

    public DiagnosticResult WithArguments(params object?[] arguments) =>
        MessageFormat is null
            ? throw new VerifierException($"{Id} is not a diagnostic of the analyzer, so its arguments cannot be compared: use WithMessage.")
            : this with { MessageArguments = arguments };

    public DiagnosticResult WithNoLocation() => this with { Locations = [] };

    public DiagnosticResult WithLocation(int markupKey) => WithLocation(markupKey, DiagnosticLocationOptions.None);

    public DiagnosticResult WithLocation(int markupKey, DiagnosticLocationOptions options) =>
        Add(new DiagnosticLocation(null, default, options | DiagnosticLocationOptions.InterpretAsMarkupKey, markupKey));

    public DiagnosticResult WithLocation(int line, int column) => Add(null, line, column, line, column, DiagnosticLocationOptions.IgnoreLength);

    public DiagnosticResult WithLocation(string path, int line, int column) => Add(path, line, column, line, column, DiagnosticLocationOptions.IgnoreLength);

    public DiagnosticResult WithSpan(int startLine, int startColumn, int endLine, int endColumn) =>
        Add(null, startLine, startColumn, endLine, endColumn, DiagnosticLocationOptions.None);

    public DiagnosticResult WithSpan(string path, int startLine, int startColumn, int endLine, int endColumn) =>
        Add(path, startLine, startColumn, endLine, endColumn, DiagnosticLocationOptions.None);

    internal DiagnosticResult WithLocations(ImmutableArray<DiagnosticLocation> locations) => this with { Locations = locations };

    public override string ToString() => Show.Expected(this);

    private DiagnosticResult(DiagnosticResult other, string? message)
    {
        this = other;
        _message = message;
    }

    private DiagnosticResult Add(string? path, int startLine, int startColumn, int endLine, int endColumn, DiagnosticLocationOptions options) =>
        Add(new DiagnosticLocation(
            path,
            new LinePositionSpan(new LinePosition(startLine - 1, startColumn - 1), new LinePosition(endLine - 1, endColumn - 1)),
            options));

    private DiagnosticResult Add(DiagnosticLocation location) => this with { Locations = Locations.Add(location) };
}
