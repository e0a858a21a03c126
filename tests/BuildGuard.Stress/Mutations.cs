using System.Text;
using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;

namespace BuildGuard.Stress;

/// <summary>
/// Garbled state files for each of their parsers: tickets, names, leases' names, mutexes, lines of the audit trail, and
/// what the containment wrote into a grant. The same seed gives the same bytes.
/// </summary>
public static class Mutations
{
    /// <summary>
    /// The parsers. An exception fails the run; so does believing what we could not have written ourselves.
    /// </summary>
    public static IReadOnlyList<(string Name, Action<int> Check)> All { get; } =
    [
        ("tickets", Ticket),
        ("ticket names", Name),
        ("lease names", Lease),
        ("mutexes", Mutex),
        ("audit lines", Audit),
        ("containment records", Container),
    ];

    private static readonly byte[] s_ticket =
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
            Slots = 3,
            User = "me",
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        }),
        .. TicketCodec.Encode(new GrantRecord(DateTimeOffset.UnixEpoch, "/sys/fs/cgroup/x")),
    ];

    private static readonly byte[] s_name = "4611686018427387904-9f3a77b0"u8.ToArray();

    private static readonly byte[] s_lease = "user/12-9f3a77b0/3-01c2d4e5"u8.ToArray();

    private static readonly byte[] s_audit = AuditLine.Write(new AuditRecord
    {
        Event = AuditEvent.Killed,
        Time = DateTimeOffset.UnixEpoch,
        Lease = "user/12-9f3a77b0",
        Pid = 4711,
        Kind = LeaseKind.Operation,
        Label = "dotnet test ü 語",
        Command = "dotnet test",
        Position = 3,
        WaitedMilliseconds = 1,
        PeakMemoryBytes = long.MaxValue,
        Memory = new MemorySeries(1280, [1, 20_000_000, long.MaxValue]),
        ExitCode = 137,
        Reason = "memory",
        Processes = [new AuditProcess(4712, "testhost", "testhost a", 1, 2, true)],
    }).ToArray();

    private static readonly byte[] s_container =
        Encoding.UTF8.GetBytes(ContainerRecord.Write(Rung.CgroupV2, ["/sys/fs/cgroup/ü/buildguard-1", "/sys/fs/cgroup/memory/x"]));

    private static void Ticket(int seed)
    {
        byte[] bytes = MutatedBytes.Of(s_ticket, seed);
        TicketState? state = TicketCodec.DecodeState(bytes);
        if (TicketCodec.Decode(bytes) is { } content)
        {
            Believed(
                state == content.State
                && content.Record.Holder.Pid > 0
                && content.Record.Slots > 0
                && TicketCodec.Decode(TicketCodec.Encode(content.Record)) is not null);
        }
    }

    private static void Name(int seed)
    {
        string text = Encoding.UTF8.GetString(MutatedBytes.Of(s_name, seed));
        Believed(!TicketName.TryParse(text, out TicketName name) || (name.ToString() == text && name.Number <= TicketName.MaxNumber));
    }

    private static void Lease(int seed)
    {
        string text = Encoding.UTF8.GetString(MutatedBytes.Of(s_lease, seed));
        Believed(!LeaseId.TryParse(text, out LeaseId lease)
            || (lease.Value == text && !text.Contains("..", StringComparison.Ordinal) && LockName.IsValid(lease.Lock) && lease.Ticket.ToString().Length > 0));
    }

    private static void Mutex(int seed)
    {
        var random = new Random(seed);
        byte[] file = new byte[MutexCodec.HolderOffset + MutexCodec.HolderWidth];
        MutexCodec.EncodeCounter((ulong)random.NextInt64(), file.AsSpan(0, MutexCodec.HolderOffset));
        MutexCodec.EncodeHolder(new TicketName((ulong)random.NextInt64(1000), 1), file.AsSpan(MutexCodec.HolderOffset));
        byte[] bytes = MutatedBytes.Of(file, random);
        Believed(MutexCodec.DecodeCounter(Part(bytes, 0, MutexCodec.CounterWidth)) < TicketName.MaxNumber);
        Believed(MutexCodec.DecodeHolder(Part(bytes, MutexCodec.HolderOffset, MutexCodec.HolderWidth)) is not { } holder
            || holder.Number <= TicketName.MaxNumber);
    }

    private static void Audit(int seed)
    {
        if (AuditLine.TryRead(MutatedBytes.Of(s_audit, seed), out AuditRecord record))
        {
            Believed(
                AuditLine.TryRead(AuditLine.Write(record).TrimEnd("\n"u8), out AuditRecord again)
                && again.Memory?.Bytes.Count == record.Memory?.Bytes.Count
                && record.Memory is null or { EveryMilliseconds: > 0, Bytes.Count: > 0 and <= MemorySeries.MostPoints }
                && record.Memory?.Bytes.All(bytes => bytes >= 0) != false);
        }
    }

    private static void Container(int seed) =>
        Believed(ContainerRecord.Groups(Encoding.UTF8.GetString(MutatedBytes.Of(s_container, seed))).TrueForAll(g => g is not null));

    private static ReadOnlySpan<byte> Part(byte[] bytes, int offset, int length) =>
        bytes.AsSpan(Math.Min(offset, bytes.Length), Math.Min(length, bytes.Length - Math.Min(offset, bytes.Length)));

    private static void Believed(bool right)
    {
        if (!right)
        {
            throw new InvalidOperationException("believed what was never written");
        }
    }
}
