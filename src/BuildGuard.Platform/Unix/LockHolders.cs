using System.Globalization;
using System.IO.Enumeration;

namespace BuildGuard.Platform.Unix;

/// <summary>
/// The processes that have locked any file with flock(2). The kernel lists them (proc_locks(5)), which saves a look at
/// every descriptor of every process of the machine.
/// </summary>
internal static class LockHolders
{
    /// <summary>Their ids, our own left out; those of all processes if the list cannot be had.</summary>
    public static IReadOnlyCollection<int> Find()
    {
        HashSet<int> found;
        try
        {
            found = [.. Read(File.ReadAllLines("/proc/locks"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found = [.. Everybody()];
        }

        found.Remove(Environment.ProcessId);
        return found;
    }

    /// <summary>Lines as <c>1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF</c>; those of waiters have an arrow.</summary>
    private static IEnumerable<int> Read(string[] lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 4
                && words[1] == "FLOCK"
                && words[3] == "WRITE"
                && int.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && pid > 0)
            {
                yield return pid;
            }
        }
    }

    private static FileSystemEnumerable<int> Everybody() => new FileSystemEnumerable<int>(
        "/proc", (ref FileSystemEntry entry) => int.Parse(entry.FileName, CultureInfo.InvariantCulture))
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out _),
    };
}
