using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace LifecycleAnalyzers.Incidents;

/// <summary>The compiler's answer when a program does not compile.</summary>
public sealed class ProgramDoesNotCompileException(string message) : Exception(message);

/// <summary>A program compiled into a folder of its own under the temporary files; disposing removes the folder.</summary>
public sealed class BuiltProgram : IDisposable
{
    private readonly string _folder;

    private BuiltProgram(string folder, string assembly, ImmutableArray<Diagnostic> warnings)
    {
        _folder = folder;
        Assembly = assembly;
        Warnings = warnings;
    }

    /// <summary>The path of the assembly that <c>dotnet</c> can run.</summary>
    public string Assembly { get; }

    /// <summary>What the compiler itself had to say.</summary>
    public ImmutableArray<Diagnostic> Warnings { get; }

    /// <exception cref="ProgramDoesNotCompileException">The compiler reports errors; they are in the message.</exception>
    public static async Task<BuiltProgram> CompileAsync(Project project, CancellationToken cancellationToken)
    {
        var compilation = await project.GetCompilationAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The project {project.Name} has no compilation.");
        var folder = Directory.CreateTempSubdirectory("lifecycle-incident-").FullName;
        try
        {
            var assembly = Path.Combine(folder, $"{project.AssemblyName}.dll");
            EmitResult result;
            using (var target = File.Create(assembly))
            using (var symbols = File.Create(Path.ChangeExtension(assembly, ".pdb")))
            {
                result = compilation.Emit(target, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancellationToken);
            }

            if (!result.Success)
            {
                var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
                throw new ProgramDoesNotCompileException($"{project.Name} does not compile:\n{string.Join('\n', errors)}");
            }

            await File.WriteAllTextAsync(Path.ChangeExtension(assembly, ".runtimeconfig.json"), RuntimeConfig(FrameworkReferences.HasAspNetCore(project)), cancellationToken);
            if (FrameworkReferences.RuntimePackage is { } package) CopyWithReferences(package, folder);
            return new BuiltProgram(folder, assembly, [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Warning)]);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static string RuntimeConfig(bool aspNetCore) => JsonSerializer.Serialize(new
    {
        runtimeOptions = new
        {
            tfm = $"net{Environment.Version.Major}.{Environment.Version.Minor}",
            frameworks = (aspNetCore ? new[] { "Microsoft.NETCore.App", "Microsoft.AspNetCore.App" } : ["Microsoft.NETCore.App"])
                .Select(name => new { name, version = $"{Environment.Version.Major}.{Environment.Version.Minor}.0" }),
            configProperties = new Dictionary<string, bool> { ["System.Globalization.Invariant"] = true },
        },
    });

    /// <summary>Copies an assembly and those of its references that lie beside it; the framework has the others.</summary>
    private static void CopyWithReferences(string path, string folder)
    {
        var target = Path.Combine(folder, Path.GetFileName(path));
        if (File.Exists(target)) return;
        File.Copy(path, target);

        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        foreach (var handle in metadata.AssemblyReferences)
        {
            var name = metadata.GetString(metadata.GetAssemblyReference(handle).Name);
            var beside = Path.Combine(Path.GetDirectoryName(path)!, $"{name}.dll");
            if (File.Exists(beside)) CopyWithReferences(beside, folder);
        }
    }
}
