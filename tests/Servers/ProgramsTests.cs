using LifecycleAnalyzers.Incidents;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>What the analyzer says about the programs whose servers die here; this needs no server.</summary>
public sealed class ProgramsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_broken_programs_are_reported_at_their_marks_and_the_guarded_ones_nowhere()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Programs");
        var sources = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => new SourceFile(file, File.ReadAllText(file)));
        var programs = new Incident("Servers", "", [.. sources]);
        var packages = new[] { typeof(Npgsql.NpgsqlConnection), typeof(RabbitMQ.Client.IChannel), typeof(System.Threading.RateLimiting.RateLimiter) }
            .Select(type => MetadataReference.CreateFromFile(type.Assembly.Location));
        var project = SourceProject.Create(programs.Name, programs.Sources, OutputKind.DynamicallyLinkedLibrary, [.. packages]);
        var compilation = await project.GetCompilationAsync(Stop);
        Assert.Empty(compilation!.GetDiagnostics(Stop).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Equal(programs.Marks, (await Findings.OfAsync(project, RulePackage.Load(), Stop)).AsMarks());
    }
}
