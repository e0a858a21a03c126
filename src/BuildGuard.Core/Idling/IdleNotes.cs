using System.Globalization;
using System.Text;
using BuildGuard.Processes;

namespace BuildGuard.Idling;

/// <summary>What is remembered of a process from one look to the next.</summary>
/// <param name="Process">Which one.</param>
/// <param name="CpuMilliseconds">The CPU time that it had used, in milliseconds.</param>
/// <param name="AgeMilliseconds">How old it was then, in milliseconds: a clock of its own that nobody sets.</param>
public sealed record IdleNote(ProcessIdentity Process, long CpuMilliseconds, long AgeMilliseconds);

/// <summary>A process of the tool chain, and since when it is known to have done nothing.</summary>
/// <param name="Process">The process.</param>
/// <param name="Idle">Since when; zero if it was seen for the first time, or at work.</param>
public sealed record IdleTool(ToolProcess Process, TimeSpan Idle);

/// <summary>
/// Tells from two looks how long a process has done nothing. No system says when a process last worked; how much it has
/// worked is known, so what stays the same from one look to a later one was idle for the time between them.
/// </summary>
public static class IdleNotes
{
    /// <summary>The most that is read of the notes, in bytes.</summary>
    public const int MaxBytes = 64 << 10;

    // An idle .NET process wakes for its timers and its garbage collector: a tick of 10 ms in 45 s was measured. One part in
    // a thousand and 50 ms is several times that, and less than the smallest build takes.
    private const long NoiseMilliseconds = 50;
    private const long NoisePart = 1000;

    /// <summary>How long each has been idle.</summary>
    /// <param name="tools">What runs now.</param>
    /// <param name="notes">What was noted before.</param>
    /// <param name="next">What to remember.</param>
    public static IReadOnlyList<IdleTool> Judge(IReadOnlyList<ToolProcess> tools, IReadOnlyList<IdleNote> notes, out IReadOnlyList<IdleNote> next)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(notes);
        List<IdleTool> judged = [];
        List<IdleNote> kept = [];
        foreach (ToolProcess tool in tools)
        {
            long age = (long)tool.Age.TotalMilliseconds;
            var now = new IdleNote(tool.Row.Identity, tool.Row.CpuMilliseconds, age);
            IdleNote note = notes.FirstOrDefault(n => n.Process == now.Process) is { } before && !tool.IsInUse && IsNoise(before, now) ? before : now;
            kept.Add(note);
            judged.Add(new IdleTool(tool, TimeSpan.FromMilliseconds(age - note.AgeMilliseconds)));
        }

        next = kept;
        return judged;
    }

    /// <summary>The notes as a file: a line each.</summary>
    public static byte[] ToBytes(IReadOnlyList<IdleNote> notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        var text = new StringBuilder();
        foreach (IdleNote note in notes)
        {
            ProcessIdentity process = note.Process;
            text.Append(CultureInfo.InvariantCulture, $"{process.BootId} {process.PidNamespace} {process.Pid} {process.StartTime} {note.CpuMilliseconds} {note.AgeMilliseconds}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads the file. A line that is no note is none: then that process is seen for the first time.</summary>
    public static IReadOnlyList<IdleNote> Parse(ReadOnlySpan<byte> bytes)
    {
        List<IdleNote> notes = [];
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (line.Split(' ') is [{ Length: > 0 } boot, var space, var pid, var start, var cpu, var age]
                && Number(space) is { } ns && Number(pid) is { } id and <= int.MaxValue && Number(start) is { } time
                && Number(cpu) is { } used && Number(age) is { } old)
            {
                notes.Add(new IdleNote(new ProcessIdentity(boot, ns, (int)id, time), used, old));
            }
        }

        return notes;
    }

    private static bool IsNoise(IdleNote before, IdleNote now)
    {
        long used = now.CpuMilliseconds - before.CpuMilliseconds;
        long passed = now.AgeMilliseconds - before.AgeMilliseconds;
        return used >= 0 && passed >= 0 && used <= NoiseMilliseconds + (passed / NoisePart);
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
