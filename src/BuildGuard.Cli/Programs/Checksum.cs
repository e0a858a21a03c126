namespace BuildGuard.Cli.Programs;

/// <summary>
/// Tells what we wrote from what somebody changed since: FNV-1a (draft-eastlake-fnv), 64 bits. Against nobody who wants to
/// deceive himself; the cryptographic ones would need a library that not every machine has.
/// </summary>
internal static class Checksum
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The length of a checksum, in characters.</summary>
    public const int Length = 16;

    /// <summary>The checksum, in hexadecimal.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        ulong sum = Basis;
        foreach (byte b in content)
        {
            sum = unchecked((sum ^ b) * Prime);
        }

        return sum.ToString("x16");
    }
}
