using System.Collections.Immutable;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>The algebra of what is known of one value.</summary>
public class ConstraintTests
{
    private static Constraint In(params object?[] values) => new(true, [.. values]);

    private static Constraint NotIn(params object?[] values) => new(false, [.. values]);

    public static TheoryData<string, bool, object?[], bool, object?[], bool, object?[]> Both => new()
    {
        { "one of both", true, [1L, 2L], true, [2L, 3L], true, [2L] },
        { "one of these without those", true, [1L, 2L], false, [2L], true, [1L] },
        { "none of these, one of those", false, [2L], true, [1L, 2L], true, [1L] },
        { "none of all", false, [1L], false, [2L], false, [1L, 2L] },
        { "a contradiction: the newer holds", true, [1L], true, [2L], true, [2L] },
        { "a contradiction by exclusion", true, [1L], false, [1L], false, [1L] },
    };

    public static TheoryData<string, bool, object?[], bool, object?[], bool?, object?[]> Either => new()
    {
        { "one of all", true, [1L], true, [2L], true, [1L, 2L] },
        { "excluded but for these", true, [1L], false, [1L, 2L], false, [2L] },
        { "excluded by both", false, [1L, 2L], false, [2L, 3L], false, [2L] },
        { "nothing is left", true, [1L], false, [1L], null, [] },
        { "nothing in common", false, [1L], false, [2L], null, [] },
    };

    [Theory]
    [MemberData(nameof(Both))]
    public void Both_hold(string _, bool oldIncludes, object?[] old, bool newIncludes, object?[] newer, bool includes, object?[] values) =>
        Assert.Equal(new Constraint(includes, [.. values]), Constraint.And(new(oldIncludes, [.. old]), new(newIncludes, [.. newer])));

    [Theory]
    [MemberData(nameof(Either))]
    public void One_holds(string _, bool leftIncludes, object?[] left, bool rightIncludes, object?[] right, bool? includes, object?[] values)
    {
        var either = Constraint.Or(new(leftIncludes, [.. left]), new(rightIncludes, [.. right]));
        Assert.Equal(includes is null ? null : new Constraint(includes.Value, [.. values]), either);
        Assert.Equal(either, Constraint.Or(new(rightIncludes, [.. right]), new(leftIncludes, [.. left])));
    }

    [Fact]
    public void Gaps_add_up_where_one_of_two_holds()
    {
        var either = Constraint.Or(In(true).WithGaps(Gaps.Await), In(true).WithGaps(Gaps.Slept))!;
        Assert.Equal(Gaps.Await | Gaps.Slept, either.Gaps);
    }

    [Fact]
    public void A_fresh_look_replaces_an_old_one()
    {
        Assert.Equal(In(1L), Constraint.And(In(2L).WithGaps(Gaps.Await), In(1L)));
        Assert.Equal(Gaps.None, Constraint.And(In(1L).WithGaps(Gaps.Await), In(1L)).Gaps);
    }

    [Fact]
    public void Firm_stays_firm_and_what_only_one_way_throws_is_not()
    {
        Assert.False(Constraint.And(In(true), In(true).WithByThrow(true)).ByThrow);
        Assert.True(Constraint.And(NotIn(1L), In(2L).WithByThrow(true)).ByThrow);
        Assert.False(Constraint.Or(In(true), In(true).WithByThrow(true))!.ByThrow);
        Assert.True(Constraint.Or(In(true).WithByThrow(true), In(true).WithByThrow(true))!.ByThrow);
    }

    [Fact]
    public void Booleans_are_true_or_false_also_by_exclusion()
    {
        Assert.True(In(true).IsTrue);
        Assert.True(NotIn(false).IsTrue);
        Assert.True(In(false).IsFalse);
        Assert.True(NotIn(true).IsFalse);
        Assert.False(In(true, false).IsTrue);
        Assert.False(In(true, false).IsFalse);
        Assert.True(Constraint.Is(null).IsNull);
        Assert.False(Constraint.IsNot(null).IsNull);
    }

    [Fact]
    public void The_order_of_the_values_does_not_matter()
    {
        Assert.Equal(In(1L, 2L), In(2L, 1L));
        Assert.Equal(In(1L, 2L).GetHashCode(), In(2L, 1L).GetHashCode());
        Assert.NotEqual(In(1L), NotIn(1L));
        Assert.NotEqual(In(1L), In(1L).WithGaps(Gaps.Await));
        Assert.NotEqual(In(1L), In(1L).WithByThrow(true));
    }

    [Fact]
    public void Too_many_values_are_none()
    {
        var many = Enumerable.Range(0, 20).Select(i => (object?)(long)i).ToImmutableArray();
        var others = Enumerable.Range(20, 20).Select(i => (object?)(long)i).ToImmutableArray();
        Assert.Null(Constraint.Or(new(true, many), new(true, others)));
    }

    [Fact]
    public void Numbers_have_one_width()
    {
        Assert.Equal(3L, Constants.Normalize((byte)3));
        Assert.Equal(3L, Constants.Normalize((sbyte)3));
        Assert.Equal(3L, Constants.Normalize((short)3));
        Assert.Equal(3L, Constants.Normalize((ushort)3));
        Assert.Equal(3L, Constants.Normalize(3));
        Assert.Equal(3L, Constants.Normalize(3u));
        Assert.Equal("x", Constants.Normalize("x"));
        Assert.Null(Constants.Normalize(null));
    }
}
