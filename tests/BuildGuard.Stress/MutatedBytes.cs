namespace BuildGuard.Stress;

/// <summary>Bytes that were cut, torn, doubled, overwritten: what a crash, a disk or a hand leaves.</summary>
internal static class MutatedBytes
{
    public static byte[] Of(byte[] original, int seed) => Of(original, new Random(seed));

    public static byte[] Of(byte[] original, Random random)
    {
        byte[] bytes = original;
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = random.Next(bytes.Length + 1), length = random.Next(bytes.Length - at + 1);
            bytes = random.Next(6) switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], .. bytes[(at + length)..]],
                2 => [.. bytes[..at], (byte)random.Next(256), .. bytes[Math.Min(at + 1, bytes.Length)..]],
                3 => [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]],
                4 => [.. bytes[..at], .. "{[\"\\u}]:,-9e\n"u8.ToArray()[random.Next(13)..], .. bytes[at..]],
                _ => [.. bytes[..at], .. new byte[random.Next(20)], .. bytes[at..]],
            };
        }

        return bytes;
    }
}
