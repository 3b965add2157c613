// Stadium scoreboards: which condition decides about a send, and which only looks as if it did.
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.CheckShapes;

public enum BoardStatus { Starting, Open, Draining, Closed }

public interface IBoardSession
{
    BoardStatus Status { get; }
    bool IsClosing { get; }
    void SendScore(string text);
    void Close();
}

public sealed class Match
{
    public event EventHandler<int>? Goal;
    public event EventHandler<int>? Foul;
    public event EventHandler<int>? Substitution;
    public event EventHandler<int>? HalfTime;
    public event EventHandler<int>? Corner;
    public event EventHandler<int>? Whistle;

    public void Replay(int minute)
    {
        Goal?.Invoke(this, minute);
        Foul?.Invoke(this, minute);
        Substitution?.Invoke(this, minute);
        HalfTime?.Invoke(this, minute);
        Corner?.Invoke(this, minute);
        Whistle?.Invoke(this, minute);
    }
}

public sealed class MisledBoard
{
    private readonly IBoardSession _board;
    private readonly IBoardSession? _second;
    private readonly ILogger _log;

    public MisledBoard(IBoardSession board, IBoardSession? second, Match match, ILogger log)
    {
        (_board, _second, _log) = (board, second, log);
        match.Goal += OnGoal;
        match.Foul += OnFoul;
        match.Substitution += OnSubstitution;
        match.HalfTime += (_, minute) => _second?.SendScore($"half time {minute}"); //! LCA2001
        match.Corner += OnCorner;
        match.Whistle += OnWhistle;
    }

    // the condition is the wrong way round
    private void OnGoal(object? sender, int minute)
    {
        if (_board.Status == BoardStatus.Open) return;
        _board.SendScore($"goal {minute}"); //! LCA2001
    }

    // a null check is no state check
    private void OnFoul(object? sender, int minute)
    {
        if (_second is null) return;
        _second.SendScore($"foul {minute}"); //! LCA2001
    }

    // the check ends with its block
    private void OnSubstitution(object? sender, int minute)
    {
        if (_board.Status == BoardStatus.Open)
        {
            _log.LogTrace("board is open");
        }
        _board.SendScore($"substitution {minute}"); //! LCA2001
    }

    // only the first of two is checked
    private void OnCorner(object? sender, int minute)
    {
        if (_board.IsClosing) return;
        _board.SendScore($"corner {minute}");
        _second!.SendScore($"corner {minute}"); //! LCA2001
    }

    // sends in the branch of a closed board
    private void OnWhistle(object? sender, int minute)
    {
        switch (_board.Status)
        {
            case BoardStatus.Starting:
                _log.LogDebug("not yet");
                break;
            case BoardStatus.Closed:
                _board.SendScore($"whistle {minute}"); //! LCA2001
                break;
        }
    }
}

public sealed class HonestBoard
{
    private readonly IBoardSession _board;
    private readonly IBoardSession? _second;
    private readonly ILogger _log;
    private readonly Queue<string> _backlog = new();

    public HonestBoard(IBoardSession board, IBoardSession? second, Match match, ILogger log)
    {
        (_board, _second, _log) = (board, second, log);
        match.Goal += OnGoal;
        match.Foul += OnFoul;
        match.Substitution += OnSubstitution;
        match.HalfTime += OnHalfTime;
        match.Corner += OnCorner;
        match.Whistle += OnWhistle;
    }

    // ok LCA2001: early return on anything but Open
    private void OnGoal(object? sender, int minute)
    {
        if (_board.Status != BoardStatus.Open || minute < 0) return;
        _board.SendScore($"goal {minute}");
    }

    // ok LCA2001: null and state in one pattern
    private void OnFoul(object? sender, int minute)
    {
        if (_second is { Status: BoardStatus.Open, IsClosing: false } second) second.SendScore($"foul {minute}");
    }

    // ok LCA2001: a local, read through the null
    private void OnSubstitution(object? sender, int minute)
    {
        var open = _second?.Status == BoardStatus.Open;
        if (open) _second!.SendScore($"substitution {minute}");
        else _backlog.Enqueue($"substitution {minute}");
    }

    // ok LCA2001: a switch statement with patterns
    private void OnHalfTime(object? sender, int minute)
    {
        switch (_board)
        {
            case { Status: BoardStatus.Open }:
                _board.SendScore($"half time {minute}");
                break;
            case { Status: BoardStatus.Starting }:
                _backlog.Enqueue($"half time {minute}");
                break;
        }
    }

    // ok LCA2001: a switch on the status that returns in all cases but one
    private void OnCorner(object? sender, int minute)
    {
        switch (_board.Status)
        {
            case BoardStatus.Open:
                break;
            case BoardStatus.Draining:
            case BoardStatus.Closed:
                return;
            default:
                _backlog.Enqueue($"corner {minute}");
                return;
        }
        _board.SendScore($"corner {minute}");
    }

    // ok LCA2001: leaves by an exception of its own that is caught just below
    private void OnWhistle(object? sender, int minute)
    {
        try
        {
            if (_board.IsClosing) throw new OperationCanceledException("board is closing");
            _board.SendScore($"whistle {minute}");
        }
        catch (OperationCanceledException ex)
        {
            _log.LogDebug(ex, "whistle not shown");
        }
    }
}
