// Presence of a game lobby, pushed to the players' links whenever the model changes.
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.ComponentModel;

namespace Corpus.Sending.LobbyPresence;

public enum LinkState { Connecting, Connected, Leaving, Disconnected }

public interface IPlayerLink
{
    event EventHandler? Ready;
    LinkState State { get; }
    void SendText(string text);
    void Disconnect();
}

public sealed class Lobby : INotifyPropertyChanged
{
    private string _map = "plaza";

    public event PropertyChangedEventHandler? PropertyChanged;

    public ObservableCollection<string> Players { get; } = [];

    public string Map
    {
        get => _map;
        set
        {
            _map = value;
            PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(nameof(Map)));
        }
    }
}

public sealed class LobbyPusher
{
    private readonly IPlayerLink _link;
    private readonly Lobby _lobby;

    public LobbyPusher(Lobby lobby, IPlayerLink link)
    {
        (_lobby, _link) = (lobby, link);
        lobby.PropertyChanged += OnLobbyChanged;
        lobby.Players.CollectionChanged += (_, e) =>
        {
            if (e.Action == NotifyCollectionChangedAction.Reset)
                _link.SendText("roster cleared"); //! LCA2001
            else
                _link.SendText($"roster {lobby.Players.Count}");
        };
        link.Ready += OnReady;
    }

    private void OnLobbyChanged(object? sender, PropertyChangedEventArgs e)
    {
        if (e.PropertyName != nameof(Lobby.Map)) return;
        PushMap(); //! LCA2001
    }

    // ok LCA2001: Ready proves the state
    private void OnReady(object? sender, EventArgs e) => PushMap();

    private void PushMap() => _link.SendText("map " + _lobby.Map);
}

public sealed class PoliteLobbyPusher
{
    private readonly IPlayerLink _link;
    private readonly Lobby _lobby;

    // ok LCA2001: every way to SendText asks the link
    public PoliteLobbyPusher(Lobby lobby, IPlayerLink link)
    {
        (_lobby, _link) = (lobby, link);
        lobby.PropertyChanged += (_, e) => PushMap();
        lobby.Players.CollectionChanged += OnRoster;
    }

    private void OnRoster(object? sender, NotifyCollectionChangedEventArgs e)
    {
        var connected = _link.State == LinkState.Connected;
        if (!connected) return;
        foreach (var name in _lobby.Players) _link.SendText("player " + name);
    }

    private void PushMap()
    {
        if (_link.State is not LinkState.Connected) return;
        _link.SendText("map " + _lobby.Map);
    }
}

public sealed class SpectatorPusher
{
    public SpectatorPusher(Lobby lobby, IPlayerLink player, IPlayerLink spectator)
    {
        lobby.PropertyChanged += (_, _) =>
        {
            // the player's link says nothing about the spectator's
            if (player.State != LinkState.Connected) return;
            player.SendText("map " + lobby.Map);
            spectator.SendText("map " + lobby.Map); //! LCA2001
        };
    }
}
