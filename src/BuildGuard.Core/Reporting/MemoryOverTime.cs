namespace BuildGuard.Reporting;

/// <summary>The most memory that all operations took together in one part of the time.</summary>
/// <param name="Bytes">All of it, in bytes.</param>
/// <param name="FlatBytes">What of it is of operations whose peak alone is known, in bytes.</param>
public readonly record struct MemoryPart(long Bytes, long FlatBytes);

/// <summary>
/// How much memory all operations took together, over time. One that has no series of its own counts with its peak from its
/// start to its end. What stands inside an operation is in that one's memory and not counted again; a build has none of its own.
/// </summary>
public sealed class MemoryOverTime
{
    /// <summary>A pebibyte: no figure of the trail is believed beyond that, so that sums can be told.</summary>
    private const long Largest = 1L << 50;

    /// <summary>
    /// The end is written down a moment after the next one has begun. So much of each is left out, and at most a tenth of it, or
    /// two that took turns would seem to have run at once.
    /// </summary>
    private const long HandOff = TimeSpan.TicksPerMillisecond * 100;

    private readonly MemoryPart[] _parts;

    private MemoryOverTime(int parts) => _parts = new MemoryPart[parts];

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<MemoryPart> Parts => _parts;

    /// <summary>The part with the most.</summary>
    public int Highest { get; private set; }

    /// <summary>The most at any time, in bytes; 0 if nothing is known.</summary>
    public long MostBytes => _parts.Length == 0 ? 0 : _parts[Highest].Bytes;

    /// <summary>How many operations, those inside others not counted, ran at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Whether there are operations whose peak alone is known.</summary>
    public bool HasFlat { get; private set; }

    /// <summary>Adds all operations up.</summary>
    /// <param name="leases">All leases.</param>
    /// <param name="scale">The time; idle stretches are short in it.</param>
    /// <param name="parts">How many parts it is cut into.</param>
    public static MemoryOverTime Of(IReadOnlyList<LeaseHistory> leases, TimeScale scale, int parts)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentNullException.ThrowIfNull(scale);
        var memory = new MemoryOverTime(parts);
        List<Change> changes = [];
        HashSet<string> known = [.. leases.Where(IsKnown).Select(lease => lease.Lease)];
        foreach (LeaseHistory lease in leases.Where(lease => IsKnown(lease) && !StandsInOneOf(lease.Lease, known)))
        {
            AddTo(changes, lease);
        }

        // Who ends goes before who begins at the same moment: they took turns.
        changes.Sort(static (a, b) => a.Ticks != b.Ticks ? a.Ticks.CompareTo(b.Ticks) : a.Bytes.CompareTo(b.Bytes));
        memory.AddUp(changes, scale);
        return memory;
    }

    private static bool IsKnown(LeaseHistory lease) => lease.HasRun && lease.PeakMemoryBytes > 0;

    private static bool StandsInOneOf(string lease, HashSet<string> known)
    {
        for (int end = lease.LastIndexOf('/'); end > 0; end = lease.LastIndexOf('/', end - 1))
        {
            if (known.Contains(lease[..end]))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddTo(List<Change> changes, LeaseHistory lease)
    {
        IReadOnlyList<long> points = lease.Memory?.Bytes ?? [lease.PeakMemoryBytes ?? 0];
        long every = (lease.Memory?.EveryMilliseconds ?? 0) * TimeSpan.TicksPerMillisecond;
        bool isFlat = lease.Memory is null;
        long from = lease.RunStart.UtcTicks;
        long length = Math.Min(lease.End.UtcTicks - from, lease.Ran.Ticks);

        // Each stretch has a moment at least, wherever the trail says that the operation ended: no peak is lost.
        long to = Math.Max(from + length - Math.Min(HandOff, length / 10), from + points.Count);
        long before = 0;
        for (int i = 0; i < points.Count; i++)
        {
            long bytes = Math.Min(points[i], Largest);
            if (i == 0 || bytes != before)
            {
                changes.Add(new Change(Math.Min(from + (i * every), to - points.Count + i), bytes - before, isFlat, i == 0 ? 1 : 0));
            }

            before = bytes;
        }

        changes.Add(new Change(to, -before, isFlat, -1));
    }

    private void AddUp(List<Change> changes, TimeScale scale)
    {
        MemoryPart now = default;
        int part = 0, count = 0;
        foreach (Change change in changes)
        {
            var time = new DateTimeOffset(Math.Min(change.Ticks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
            int at = Math.Min(_parts.Length - 1, (int)(scale.PositionOf(time) * _parts.Length));
            for (; part < at; part++)
            {
                Raise(part, now);
            }

            Raise(at, now);
            now = new MemoryPart(now.Bytes + change.Bytes, now.FlatBytes + (change.IsFlat ? change.Bytes : 0));
            Raise(at, now);
            count += change.Leases;
            MostAtOnce = Math.Max(MostAtOnce, count);
            HasFlat |= change.IsFlat;
        }
    }

    private void Raise(int part, MemoryPart to)
    {
        if (to.Bytes > _parts[part].Bytes)
        {
            _parts[part] = to;
            Highest = to.Bytes > _parts[Highest].Bytes ? part : Highest;
        }
    }

    /// <summary>From a moment on there is more or less.</summary>
    private readonly record struct Change(long Ticks, long Bytes, bool IsFlat, int Leases);
}
