namespace LifecycleAnalyzers.Runtime;

public sealed partial class SendGate
{
    /// <summary>The right to send, until it is disposed.</summary>
    /// <remarks>
    /// Disposing it twice, or a copy of it, gives back the turn once: each turn has a number of its own. It may be disposed on another
    /// thread. <see langword="default"/> is no turn, and disposing it does nothing.
    /// </remarks>
    public readonly struct Turn : IDisposable
    {
        private readonly SendGate? _gate;
        private readonly long _ticket;

        internal Turn(SendGate gate, long ticket)
        {
            _gate = gate;
            _ticket = ticket;
        }

        /// <summary>Lets the next one send.</summary>
        public void Dispose() => _gate?.Leave(_ticket);
    }
}
