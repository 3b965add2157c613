using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>The replays prove nothing if their tools look away: each is shown something that it must see.</summary>
public sealed class HarnessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_does_not_end_is_killed_with_its_children()
    {
        var marker = Path.Combine(Path.GetTempPath(), $"lifecycle-child-{Guid.NewGuid():N}");
        var source = $$"""
            if (args.Length == 0)
            {
                System.Diagnostics.Process.Start(Environment.ProcessPath!, ["exec", typeof(Marker).Assembly.Location, "child"]);
                while (!File.Exists(@"{{marker}}")) Thread.Sleep(20);
                Console.WriteLine("parent");
            }
            else
            {
                File.WriteAllText(@"{{marker}}", Environment.ProcessId.ToString());
            }

            Thread.Sleep(60_000);
            class Marker;
            """;
        using var program = await BuiltProgram.CompileAsync(SourceProject.Create("Sleeper", [new("Sleeper.cs", source)]), Stop);
        var run = await ChildRun.StartAsync(program, TimeSpan.FromSeconds(6), Stop);
        Assert.True(run.TimedOut);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal(["parent"], run.Output);

        var child = int.Parse(await File.ReadAllTextAsync(marker, Stop));
        File.Delete(marker);
        Assert.False(await IsRunningAsync(child), $"The child {child} outlived its parent.");
    }

    [Fact]
    public async Task Exit_code_and_both_outputs_come_back()
    {
        const string Source = """
            Console.WriteLine("to the output");
            Console.Error.WriteLine("to the error output");
            return 7;
            """;
        using var program = await BuiltProgram.CompileAsync(SourceProject.Create("Seven", [new("Seven.cs", Source)]), Stop);
        var run = await ChildRun.StartAsync(program, TimeSpan.FromSeconds(30), Stop);
        Assert.False(run.TimedOut);
        Assert.Equal(7, run.ExitCode);
        Assert.Equal(["to the output"], run.Output);
        Assert.Equal(["to the error output"], run.Error);
        Assert.Null(run.Crash);
        Assert.Empty(run.CrashStack);
    }

    [Fact]
    public async Task A_program_that_does_not_compile_is_told_with_its_errors_and_leaves_nothing_behind()
    {
        var project = SourceProject.Create("Wrong", [new("Wrong.cs", "int x = missing;")]);
        var failure = await Assert.ThrowsAsync<ProgramDoesNotCompileException>(() => BuiltProgram.CompileAsync(project, Stop));
        Assert.Contains("CS0103", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_of_a_program_goes_with_it()
    {
        string folder;
        using (var program = await BuiltProgram.CompileAsync(SourceProject.Create("Empty", [new("Empty.cs", "return;")]), Stop))
        {
            folder = Path.GetDirectoryName(program.Assembly)!;
            Assert.True(Directory.Exists(folder));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Marks_are_read_with_file_and_line()
    {
        var incident = new Incident("X", "X", [new("/a/One.cs", "x\ny(); //! LCA2001\n"), new("/a/Two.cs", "z(); //! LCA1001\n// ok LCA2001\n")]);
        Assert.Equal([new Mark("One.cs", 2, "LCA2001"), new Mark("Two.cs", 1, "LCA1001")], incident.Marks);
    }

    [Fact]
    public void An_unknown_incident_is_refused_by_name() =>
        Assert.Contains(string.Join(", ", Incident.Names), Assert.Throws<ArgumentException>(() => Incident.Load("Other")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_difference_names_removed_and_added_lines()
    {
        var changes = LineDiff.Of("a\nb\nc\nd", "a\nx\nc\nd\ne").Where(line => line.Kind != DiffKind.Same);
        Assert.Equal([new(DiffKind.Removed, 2, "b"), new(DiffKind.Added, 2, "x"), new(DiffKind.Added, 5, "e")], changes);
    }

    [Fact]
    public void Equal_texts_have_no_hunks() => Assert.Empty(LineDiff.Hunks("a\nb", "a\nb", context: 3));

    [Fact]
    public void Changes_far_apart_are_hunks_of_their_own_and_near_ones_are_one()
    {
        var before = string.Join('\n', Enumerable.Range(0, 40));
        var far = before.Replace("\n5\n", "\nfive\n").Replace("\n30\n", "\nthirty\n");
        Assert.Equal([4, 29], LineDiff.Hunks(before, far, context: 2).Select(hunk => hunk[0].Number));
        var near = before.Replace("\n5\n", "\nfive\n").Replace("\n8\n", "\neight\n");
        var hunk = Assert.Single(LineDiff.Hunks(before, near, context: 2));
        Assert.Equal(4, hunk[0].Number);
        Assert.Equal(11, hunk[^1].Number);
    }

    /// <summary>A killed process is gone when its parent has collected it, which here is the system's first one.</summary>
    private static async Task<bool> IsRunningAsync(int id)
    {
        for (var wait = 0; wait < 100; wait++)
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(id);
                if (process.HasExited || IsZombie(id)) return false;
            }
            catch (ArgumentException)
            {
                return false;
            }

            await Task.Delay(50, Stop);
        }

        return true;
    }

    private static bool IsZombie(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
