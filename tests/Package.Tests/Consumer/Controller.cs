namespace Consumer;

/// <summary>A connection by a line of the catalogue file alone.</summary>
public sealed class Controller(string address)
{
    public event EventHandler<string>? Trouble;

    public bool Reachable { get; private set; }

    public void Dial()
    {
        Reachable = address.Length > 0;
        if (!Reachable) Trouble?.Invoke(this, "no address");
    }

    public void Tell(string command)
    {
        if (!Reachable) throw new InvalidOperationException("not reachable");
        Console.WriteLine($"{address}: {command}");
    }

    public void HangUp() => Reachable = false;
}
