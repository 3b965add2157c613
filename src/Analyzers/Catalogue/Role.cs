namespace LifecycleAnalyzers.Catalogue;

/// <summary>What a member does in the life of its connection.</summary>
[Flags]
internal enum Role
{
    None = 0,

    /// <summary>Opens, starts or connects its receiver.</summary>
    Open = 1,

    /// <summary>Returns a connection that is open already.</summary>
    Create = 2,

    /// <summary>Tells that the connection failed.</summary>
    Error = 4,

    /// <summary>Tells that the connection ended.</summary>
    Ended = 8,

    /// <summary>Tells that the connection is open now.</summary>
    Ready = 16,

    /// <summary>May throw on a connection that is closing.</summary>
    Send = 32,

    /// <summary>Uses a session without sending by itself: opens a channel, queries.</summary>
    Use = 64,

    /// <summary>Sends by name, but queues or answers with a result: never throws on a closed connection.</summary>
    Quiet = 128,

    /// <summary>Tells the state.</summary>
    State = 256,

    /// <summary>Ends the connection.</summary>
    Close = 512,

    /// <summary>Asks the other side.</summary>
    Alive = 1024,

    /// <summary>A method that a framework calls.</summary>
    Callback = 2048,

    /// <summary>Its delegate argument becomes a callback.</summary>
    Registers = 4096,

    /// <summary>Receives.</summary>
    Receive = 8192,

    /// <summary>Gives a part or a wrapper of the same connection.</summary>
    Accessor = 16384,

    /// <summary>Opens the connection where it is not open, or throws.</summary>
    Ensures = 32768,

    /// <summary>Takes over the connections that it is given: to close them is its business from then on.</summary>
    Takes = 65536,
}

/// <summary>What holds for a connection type as a whole.</summary>
[Flags]
internal enum Traits
{
    None = 0,

    /// <summary>Its constructor connects.</summary>
    CreatedOpen = 1,

    /// <summary>Allows one send at a time.</summary>
    SingleWriter = 2,

    /// <summary>Comes back by itself after a loss.</summary>
    Reconnects = 4,

    /// <summary>The object of one operation, no connection of its own.</summary>
    Operation = 8,

    /// <summary>The framework's own response to the request being handled.</summary>
    Response = 16,

    /// <summary>Who subscribes late is told at once what was missed.</summary>
    LateSafe = 32,

    /// <summary>Bounds the time of its connect by itself.</summary>
    OwnBound = 64,

    /// <summary>Disposing gives it back to its driver's pool.</summary>
    Pooled = 128,
}

/// <summary>Who says that a type is a connection.</summary>
internal enum Source
{
    Attribute,
    Catalogue,
    Convention,
}
