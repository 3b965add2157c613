namespace LifecycleAnalyzers.Flow;

internal static class Constants
{
    /// <summary>Enum values and integers at one width, so that equal ones are equal.</summary>
    public static object? Normalize(object? value) => value switch
    {
        sbyte v => (long)v,
        byte v => (long)v,
        short v => (long)v,
        ushort v => (long)v,
        int v => (long)v,
        uint v => (long)v,
        _ => value,
    };
}
