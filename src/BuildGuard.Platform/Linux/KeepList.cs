using System.Diagnostics;
using System.Text;

namespace BuildGuard.Platform.Linux;

/// <summary>Which processes a user means by a name to keep.</summary>
internal static class KeepList
{
    // TASK_COMM_LEN: the kernel keeps 15 bytes of a name.
    private const int KernelNameLength = 15;

    /// <summary>How long a process may take from fork(2), perhaps by way of <c>setsid</c> or <c>nohup</c>, to the program whose name it is kept by.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Those of the members that have one of the names: the kernel's short name, the file name of the program, or of
    /// the assembly that <c>dotnet</c> runs.
    /// </summary>
    /// <param name="members">The processes at the time of asking.</param>
    /// <param name="names">The names.</param>
    /// <remarks>
    /// A shell that ends right after <c>setsid server &amp;</c> leaves a copy of itself, or <c>setsid</c>, that is about to become
    /// the server, so copies and newly started programs are given a moment to.
    /// </remarks>
    public static List<int> Select(Func<IEnumerable<int>> members, IReadOnlyCollection<string> names)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            List<int> kept = [];
            bool isSettled = true;
            foreach (int pid in members())
            {
                if (!ProcStat.TryRead(pid, out ProcStat stat))
                {
                    continue;
                }

                if (names.Any(name => HasName(stat, name)))
                {
                    kept.Add(pid);
                }
                else if (stat.Runs && (stat.IsForkOfParent || LinuxProcessTable.AgeOf(stat.StartTime) < s_patience.TotalMilliseconds))
                {
                    isSettled = false;
                }
            }

            if (isSettled || Stopwatch.GetElapsedTime(start) > s_patience)
            {
                return kept;
            }

            Thread.Sleep(s_pause);
        }
    }

    private static bool HasName(in ProcStat stat, string name)
    {
        if (stat.Name == (name.Length > KernelNameLength ? name[..KernelNameLength] : name))
        {
            return true;
        }

        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.Read($"/proc/{stat.Pid}/cmdline", buffer);
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
