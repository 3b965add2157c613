namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class SendResultTests
{
    [Fact]
    public void A_result_that_nobody_assigned_claims_nothing()
    {
        SendResult result = default;
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.False(result.IsSent);
        Assert.False(result.ProvablyNotSent);
        Assert.Throws<IOException>(result.EnsureSent);
    }

    [Fact]
    public void EnsureSent_throws_what_is_known()
    {
        var cause = new InvalidOperationException("cause");
        SendResult.Sent.EnsureSent();
        Assert.Same(cause, Assert.Throws<NotSentException>(SendResult.NotOpen(cause).EnsureSent).InnerException);
        Assert.Null(Assert.Throws<NotSentException>(SendResult.NotOpen().EnsureSent).InnerException);
        Assert.Same(cause, Assert.Throws<IOException>(SendResult.Unknown(cause).EnsureSent).InnerException);
    }

    [Fact]
    public void Results_are_compared_by_outcome_and_cause()
    {
        var cause = new IOException("cause");
        Assert.True(SendResult.Sent == new SendResultHolder(SendResult.Sent).Result);
        Assert.True(SendResult.NotOpen() != SendResult.Sent);
        Assert.True(SendResult.Unknown(cause).Equals((object)SendResult.Unknown(cause)));
        Assert.False(SendResult.Unknown(cause).Equals(SendResult.Unknown(new IOException("cause"))));
        Assert.Equal(SendResult.Unknown(cause).GetHashCode(), SendResult.Unknown(cause).GetHashCode());
        Assert.Equal("Unknown: cause", SendResult.Unknown(cause).ToString());
        Assert.Equal("Sent", SendResult.Sent.ToString());
    }

    private sealed record SendResultHolder(SendResult Result);
}
