using LifecycleAnalyzers.Tests.Corpus;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary>
/// Marked programs, said in other words that mean the same, line by line: what is reported stays, and nothing comes to it. A rule that
/// knows a spelling and not the meaning fails here.
/// </summary>
public class RewordingTests
{
    private static readonly Dictionary<string, Func<CSharpSyntaxRewriter>> _rewordings = new()
    {
        [nameof(NamedConditions)] = () => new NamedConditions(),
        [nameof(NamedTasks)] = () => new NamedTasks(),
        [nameof(ElseBehindLeaving)] = () => new ElseBehindLeaving(),
        [nameof(FinallyAround)] = () => new FinallyAround(),
        [nameof(SuppressedReceivers)] = () => new SuppressedReceivers(),
        [nameof(NamedFields)] = () => new NamedFields(),
    };

    /// <summary>Where other words still make a difference: these are to become fewer.</summary>
    private static readonly Dictionary<(string Folder, string Rewording), string[]> _known = new()
    {
        // Whether a caught exception was kept is followed where the condition itself asks for it.
        [("CreationShapes", nameof(NamedConditions))] = ["Extra CreationShapes/MuseumGuides.cs:48 LCA1003"],
        // What a variable held when the condition was named may have changed since; of two conditions under one name neither is followed.
        [("IsolationFresh", nameof(NamedConditions))] = ["Extra IsolationFresh/LeasedLinks.cs:111 LCA4001", "Missed IsolationFresh/OperationRecycling.cs:115 LCA4005"],
        [("IsolationWorks", nameof(NamedConditions))] = ["Missed IsolationWorks/GamePackets.cs:227 LCA4005"],
        [("IsolationRules", nameof(NamedConditions))] = ["Missed IsolationRules/OddOperations.cs:144 LCA4005"],
        // A timer that is re-armed under a second name is not looked for among those that another member disposes.
        [("CreationWorks", nameof(NamedFields))] = ["Missed CreationWorks/Watchdogs.cs:80 LCA1005"],
        [("CreationRules", nameof(NamedFields))] = ["Missed CreationRules/Polls.cs:76 LCA1005"],
    };

    private static readonly string[] _corpora = ["Shapes", "Ways", "Fresh", "Works", "Rules"];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var folder in MarkedFolder.All.Where(f => _corpora.Any(c => f.EndsWith(c, StringComparison.Ordinal))))
            {
                foreach (var rewording in _rewordings.Keys) pairs.Add(folder, rewording);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Other_words_change_nothing(string name, string rewording)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = MarkedFolder.Open(name);
        var reworded = MarkedFolder.Open(name, text => _rewordings[rewording]().Visit(CSharpSyntaxTree.ParseText(text, folder.ParseOptions, cancellationToken: cancellation).GetRoot(cancellation)).ToFullString());
        Assert.Equal("", reworded.Compilation.Errors());
        Assert.NotEqual(folder.Files, reworded.Files);
        var expected = (await folder.GapsAsync(cancellation)).Select(g => $"{g.Kind} {g.Place}").ToList();
        expected.AddRange(_known.GetValueOrDefault((name, rewording), []));
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await reworded.GapsAsync(cancellation)).Select(g => $"{g.Kind} {g.Place}").Order(StringComparer.Ordinal));
    }
}
