using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG3001: the process tree used more memory than allowed and was ended.</summary>
    /// <param name="limitBytes">The limit, in bytes.</param>
    /// <param name="peakBytes">The most that was seen, in bytes.</param>
    /// <param name="processes">The processes at that moment; the three largest are named.</param>
    public static GuardMessage MemoryLimit(long limitBytes, long peakBytes, IReadOnlyList<ProcessRow> processes) => Error(
        "BG3001",
        $"memory limit of {Size.ToText(limitBytes)} reached (peak {Size.ToText(peakBytes)}); the whole process tree was ended.{Largest(processes)} Raise BuildGuardMaxMemory or --memory if that much is right");

    /// <summary>BG3002: there were more processes than allowed and the tree was ended.</summary>
    /// <param name="limit">So many were allowed.</param>
    /// <param name="count">So many there were.</param>
    /// <param name="processes">The processes at that moment; all are counted by name, the three largest are named with their commands.</param>
    public static GuardMessage ProcessLimit(int limit, int count, IReadOnlyList<ProcessRow> processes) => Error(
        "BG3002",
        $"process limit of {limit} exceeded ({count} processes); the whole process tree was ended.{Names(processes)}{Largest(processes)} Raise BuildGuardMaxProcesses or --processes if that many are right");

    /// <summary>BG3003: the operation ran longer than allowed and was ended.</summary>
    public static GuardMessage TimedOut(TimeSpan limit) => Error(
        "BG3003", $"timeout of {Duration.ToText(limit)} passed; the whole process tree was ended. Raise BuildGuardTimeout or --timeout if it needs longer");

    /// <summary>BG3004: neither CPU nor output for a long time.</summary>
    /// <param name="quietFor">How long nothing happened.</param>
    /// <param name="ended">Whether the tree was ended for it.</param>
    /// <param name="processes">The processes that do nothing.</param>
    public static GuardMessage Stalled(TimeSpan quietFor, bool ended, IReadOnlyList<ProcessRow> processes) => new(
        ended ? MessageLevel.Error : MessageLevel.Warning,
        "BG3004",
        $"stalled: no CPU and no output for {Duration.ToAge(quietFor)}{(ended ? "; the whole process tree was ended" : "")}.{Names(processes)} {(ended ? "Raise BuildGuardStall or --stall if such a pause is right" : "It goes on; BuildGuardStall=…:kill would end it")}");

    /// <summary>BG3005: most of a limit is used; said once. No warning: a build that stays below the limit must not fail for it.</summary>
    public static GuardMessage NearMemoryLimit(long limitBytes, long usedBytes) => Note(
        "BG3005", $"{Size.ToText(usedBytes)} of the memory limit of {Size.ToText(limitBytes)} are in use. At the limit the whole process tree is ended (BuildGuardMaxMemory)");

    /// <summary>BG3005: most of a limit is used; said once.</summary>
    public static GuardMessage NearProcessLimit(int limit, int count) => Note(
        "BG3005", $"{count} processes of at most {limit} are running. Above the limit the whole process tree is ended (BuildGuardMaxProcesses)");

    private static string Largest(IReadOnlyList<ProcessRow> processes)
    {
        IEnumerable<string> rows = processes.OrderByDescending(p => p.MemoryBytes).Take(3)
            .Select(p => $"{OneLine(p.Name, 32)} (pid {p.Pid}{(p.State == 'X' ? ", ended since" : "")}, {Size.ToText(p.MemoryBytes)}{(p.Command.Length == 0 ? "" : ": " + OneLine(p.Command, 80))})");
        string text = string.Join(", ", rows);
        return text.Length == 0 ? "" : $" Largest: {text}.";
    }

    /// <summary>Names with counts, most frequent first: a fork bomb is one word, not a page.</summary>
    private static string Names(IReadOnlyList<ProcessRow> processes)
    {
        IEnumerable<string> names = processes.GroupBy(p => OneLine(p.Name, 32)).OrderByDescending(g => g.Count()).Take(6)
            .Select(g => g.Count() == 1 ? $"{g.Key} (pid {g.First().Pid})" : $"{g.Count()} × {g.Key}");
        string text = string.Join(", ", names);
        return text.Length == 0 ? "" : $" Processes: {text}.";
    }
}
