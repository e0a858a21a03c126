using System.Text;

namespace BuildGuard.Platform.Linux;

/// <summary>Which processes a user means by a name to keep.</summary>
internal static class KeepList
{
    // TASK_COMM_LEN: the kernel keeps 15 bytes of a name.
    private const int KernelNameLength = 15;

    /// <summary>
    /// Those of the processes that have one of the names: the kernel's short name, the file name of the program, or of
    /// the assembly that <c>dotnet</c> runs.
    /// </summary>
    public static List<int> Select(IEnumerable<int> pids, IReadOnlyCollection<string> names) =>
        pids.Where(pid => names.Any(name => HasName(pid, name))).ToList();

    private static bool HasName(int pid, string name)
    {
        if (!ProcStat.TryRead(pid, out ProcStat stat))
        {
            return false;
        }

        if (stat.Name == (name.Length > KernelNameLength ? name[..KernelNameLength] : name))
        {
            return true;
        }

        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.Read($"/proc/{pid}/cmdline", buffer);
        string[] words = length <= 0 ? [] : Encoding.UTF8.GetString(buffer[..length]).Split('\0');
        if (words.Length == 0)
        {
            return false;
        }

        string program = Path.GetFileName(words[0]);
        return program == name
            || (program == "dotnet" && words.Any(word => Path.GetFileName(word) == name + ".dll"));
    }
}
