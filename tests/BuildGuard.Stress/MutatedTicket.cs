using BuildGuard.Leases;
using BuildGuard.Processes;

namespace BuildGuard.Stress;

/// <summary>One mutation of a ticket's bytes, the same for the same seed.</summary>
public static class MutatedTicket
{
    private static readonly byte[] s_original = Original();

    /// <summary>Reads a mutated ticket. Any exception, or a content that cannot be written again, is a failure.</summary>
    public static void Check(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = Mutate(random);
        TicketState? state = TicketCodec.DecodeState(bytes);
        if (TicketCodec.Decode(bytes) is { } content)
        {
            if (state != content.State || content.Record.Holder.Pid <= 0 || TicketCodec.Decode(TicketCodec.Encode(content.Record)) is null)
            {
                throw new InvalidOperationException($"seed {seed}: believed what was never written");
            }
        }
    }

    private static byte[] Mutate(Random random)
    {
        byte[] bytes = s_original;
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

    private static byte[] Original() =>
    [
        .. TicketCodec.Encode(new LeaseRecord
        {
            Kind = LeaseKind.Session,
            Holder = new ProcessIdentity("2e6c9c1f-0d1c-4b53-9b0e-1c5b7a4c9f10", 4026531836, 4711, 123456),
            Owner = new ProcessIdentity("2e6c9c1f-0d1c-4b53-9b0e-1c5b7a4c9f10", 4026531836, 4710, 123400),
            Build = "b1",
            Label = "dotnet build \"a\\b\" ü 語",
            Command = "dotnet build",
            WorkingDirectory = "/src",
            User = "me",
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        }),
        .. TicketCodec.Encode(new GrantRecord(DateTimeOffset.UnixEpoch, "/sys/fs/cgroup/x")),
    ];
}
