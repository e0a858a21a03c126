using System.Diagnostics;

namespace BuildGuard.Platform.Linux;

/// <summary>Which processes a user means by a name to keep.</summary>
internal static class KeepList
{
    /// <summary>How long a process may take from fork(2), perhaps by way of <c>setsid</c> or <c>nohup</c>, to the program whose name it is kept by.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Those of the members that have one of the names, as <see cref="ProcessNames"/> tells.
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

                if (ProcessNames.FirstOf(stat, names) is not null)
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
}
