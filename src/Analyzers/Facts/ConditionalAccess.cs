using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Facts;

internal static class ConditionalAccess
{
    /// <summary>What stands before the question mark of <c>a?.B()</c>.</summary>
    public static IOperation? ReceiverOf(IConditionalAccessInstanceOperation instance)
    {
        IOperation child = instance;
        for (var parent = instance.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            if (parent is IConditionalAccessOperation access && access.WhenNotNull == child) return access.Operation;
        }

        return null;
    }
}
