namespace Consumer;

/// <summary>Opens first and listens afterwards: a failure in between is heard by nobody.</summary>
public sealed class Plant
{
    private readonly List<string> _troubles = [];

    public Controller Open(string address)
    {
        var controller = new Controller(address);
        controller.Dial(); //! LCA1001
        controller.Trouble += OnTrouble;
        return controller;
    }

    private void OnTrouble(object? sender, string reason) => _troubles.Add(reason);
}
