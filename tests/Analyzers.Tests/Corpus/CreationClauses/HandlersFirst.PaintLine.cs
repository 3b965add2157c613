namespace Clauses.HandlersFirst;

public sealed partial class PaintLine
{
    private partial void Wire() => _plc.Faulted += (_, _) => Console.Error.WriteLine("paint line is down");

    public void Stop() => _plc.Dispose();
}
