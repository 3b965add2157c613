// All requests share the device's one connection, and there is nothing that keeps a question and its answer together: each writes
// its question, makes a note of it, and takes the next answer that comes.
using System.Text;

namespace Incidents.OneAtATime.Exchange;

public sealed class ExchangeService(DeviceConnection device, Journal journal)
{
    /// <summary>What has been asked is waited for to the end, whoever has given up meanwhile: no answer is left over.</summary>
    public async Task<string> AskAsync(string question)
    {
        await device.SendAsync(Encoding.UTF8.GetBytes(question), CancellationToken.None); //! LCA4006
        await journal.NoteAsync(question);
        return await device.ReceiveAsync(CancellationToken.None);
    }
}

/// <summary>The last questions, for those who ask why an answer takes so long.</summary>
public sealed class Journal
{
    private const int Length = 100;

    private readonly Queue<string> _notes = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    public async Task NoteAsync(string note)
    {
        await _writing.WaitAsync();
        try
        {
            _notes.Enqueue($"{DateTime.UtcNow:O} {note}");
            if (_notes.Count > Length) _notes.Dequeue();
        }
        finally
        {
            _writing.Release();
        }
    }
}
