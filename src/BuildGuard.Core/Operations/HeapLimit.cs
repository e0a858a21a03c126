using System.Collections.Immutable;
using System.Globalization;

namespace BuildGuard.Operations;

/// <summary>
/// What is set where the kernel limits an operation's memory. A .NET process that sees such a limit keeps its heap below three
/// quarters of it and fails with an <see cref="OutOfMemoryException"/> there, so nobody would ever be told of the limit itself.
/// </summary>
/// <remarks>https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-limit</remarks>
internal static class HeapLimit
{
    /// <summary>The variable: bytes, hexadecimal.</summary>
    public const string Variable = "DOTNET_GCHeapHardLimit";

    /// <summary>By which a user says how large a heap may be; then the guard says nothing.</summary>
    public static ImmutableArray<string> Variables { get; } = [Variable, "DOTNET_GCHeapHardLimitPercent"];

    /// <summary>A heap that reaches the limit of the whole tree in any case: what is beside the heap counts there too.</summary>
    /// <param name="bytes">The limit of the whole tree.</param>
    public static string Above(long bytes) => (Math.Min(bytes, long.MaxValue / 2) * 2).ToString("x", CultureInfo.InvariantCulture);
}
