namespace LifecycleAnalyzers.Package.Tests;

/// <summary>A team installs the packages: the build finds the bugs, one command repairs them, the build passes.</summary>
[Collection<PackedFeedCollection>]
public sealed class ConsumerTests(PackedFeed feed)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_build_fails_with_the_three_bugs_and_passes_once_they_are_fixed(bool withRuntime)
    {
        var consumer = await feed.RestoreConsumerAsync(withRuntime, Stop);
        var marks = consumer.Marks();
        Assert.Equal(["LCA1001", "LCA2001", "LCA3001"], marks.Select(mark => mark.Id).Order());

        var broken = await consumer.BuildAsync(Stop);
        Assert.NotEqual(0, broken.ExitCode);
        Assert.Equal(marks, ConsumerProject.Complaints(broken));

        var before = consumer.Sources();
        (await consumer.FormatAsync("", Stop)).Succeeded();
        var after = consumer.Sources();
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.Equal(marks.Select(mark => mark.File).Order(), before.Keys.Where(name => before[name] != after[name]).Order());

        var repaired = (await consumer.BuildAsync(Stop)).Succeeded();
        Assert.Empty(ConsumerProject.Complaints(repaired));

        // A second time there is nothing to do.
        (await consumer.FormatAsync("--verify-no-changes", Stop)).Succeeded();
        Assert.Equal(after, consumer.Sources());
    }

    [Fact]
    public async Task A_severity_of_the_configuration_holds_in_the_build()
    {
        var consumer = await feed.RestoreConsumerAsync(withRuntime: false, Stop);
        consumer.Write(".editorconfig", """
            root = true

            [*.cs]
            dotnet_diagnostic.LCA1001.severity = none
            dotnet_diagnostic.LCA3001.severity = suggestion

            [MessageStream.cs]
            dotnet_diagnostic.LCA2001.severity = error
            """);
        var build = await consumer.BuildAsync(Stop);
        Assert.NotEqual(0, build.ExitCode);
        Assert.Equal(consumer.Marks().Where(mark => mark.Id == "LCA2001"), ConsumerProject.Complaints(build));
    }

    [Fact]
    public async Task A_wrong_line_of_the_users_catalogue_is_shown_at_its_place()
    {
        var consumer = await feed.RestoreConsumerAsync(withRuntime: false, Stop);
        consumer.Write("consumer.lifecycle.txt", """
            T:Consumer.Controller; connection
            M:Consumer.Controller.Tell; sned
            """);
        var build = await consumer.BuildAsync(Stop);
        Assert.Contains(new Complaint("consumer.lifecycle.txt", 2, "LCA0001"), ConsumerProject.Complaints(build));
        Assert.Contains("'sned' is no role of a member", build.Output, StringComparison.Ordinal);
    }
}
