namespace LifecycleAnalyzers.Testing;

/// <summary>A verification failed. Not an assertion of a test framework, so that any framework can host the verifier.</summary>
public sealed class VerifierException : Exception
{
    public VerifierException(string message) : base(message)
    {
    }

    public VerifierException(string message, Exception? inner) : base(message, inner)
    {
    }
}
