using System.Buffers.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <summary>Who descends from whom, read from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    private static readonly bool HasChildrenFiles = HasChildrenFile();

    /// <summary>
    /// All descendants, nearest first, the zombies among them included. Cost grows with the tree where the kernel
    /// lists children (<c>CONFIG_PROC_CHILDREN</c>), else with the machine.
    /// </summary>
    /// <remarks>
    /// The kernel's list may skip a child while another one ends (<c>proc_tid_children(5)</c>): good enough to measure,
    /// not to prove that nothing is left. That is what <see cref="Scan"/> is for.
    /// </remarks>
    public static List<int> Descendants(int root)
    {
        if (!HasChildrenFiles)
        {
            return Scan(root);
        }

        List<int> found = [];
        AddChildren(root, found);
        for (int i = 0; i < found.Count; i++)
        {
            AddChildren(found[i], found);
        }

        return found;
    }

    /// <summary>The children alone, the zombies among them included; see the remark at <see cref="Descendants"/>.</summary>
    public static List<int> Children(int parent)
    {
        List<int> found = [];
        if (HasChildrenFiles)
        {
            AddChildren(parent, found);
            return found;
        }

        return [.. Everything().Values.Where(stat => stat.ParentPid == parent).Select(static stat => stat.Pid)];
    }

    /// <summary>This process and whoever it descends from.</summary>
    public static HashSet<int> SelfAndAncestors()
    {
        HashSet<int> line = [];
        for (int pid = Libc.GetPid(); pid > 0 && line.Add(pid);)
        {
            pid = ProcStat.TryRead(pid, out ProcStat stat) ? stat.ParentPid : 0;
        }

        return line;
    }

    /// <summary>All descendants, nearest first, by one look at every process of the machine.</summary>
    public static List<int> Scan(int root) => Descend(Everything(), [root]);

    /// <summary>All descendants of several processes, themselves not included.</summary>
    public static List<int> Descend(Dictionary<int, ProcStat> everything, IEnumerable<int> roots)
    {
        var children = new Dictionary<int, List<int>>();
        foreach ((int pid, ProcStat stat) in everything)
        {
            if (!children.TryGetValue(stat.ParentPid, out List<int>? list))
            {
                children[stat.ParentPid] = list = [];
            }

            list.Add(pid);
        }

        HashSet<int> seen = [.. roots];
        List<int> found = [];
        Queue<int> open = new(seen);
        while (open.TryDequeue(out int pid))
        {
            foreach (int child in children.GetValueOrDefault(pid) ?? [])
            {
                if (seen.Add(child))
                {
                    found.Add(child);
                    open.Enqueue(child);
                }
            }
        }

        return found;
    }

    /// <summary>Every process of the machine.</summary>
    public static Dictionary<int, ProcStat> Everything()
    {
        List<int> all = [];
        ProcDirectory.ReadIds("/proc", all);
        var everything = new Dictionary<int, ProcStat>(all.Count);
        foreach (int pid in all)
        {
            if (ProcStat.TryRead(pid, out ProcStat stat))
            {
                everything[pid] = stat;
            }
        }

        return everything;
    }

    /// <summary>Adds the children of a process; one of a single thread needs no look at its threads.</summary>
    public static void AddChildren(in ProcStat parent, List<int> into)
    {
        if (parent.Threads == 1 && HasChildrenFiles)
        {
            AddChildren(parent.Pid, parent.Pid, into);
        }
        else
        {
            into.AddRange(Children(parent.Pid));
        }
    }

    private static void AddChildren(int pid, List<int> into)
    {
        List<int> threads = [];
        ProcDirectory.ReadIds($"/proc/{pid}/task", threads);
        foreach (int thread in threads)
        {
            AddChildren(pid, thread, into);
        }
    }

    private static void AddChildren(int pid, int thread, List<int> into)
    {
        // The kernel fills a page with ids before it returns: what is well below one is all there is.
        Span<byte> buffer = stackalloc byte[2048];
        string path = $"/proc/{pid}/task/{thread}/children";
        int length = ProcFile.ReadRecord(path, buffer);
        ReadOnlySpan<byte> text = length == buffer.Length ? ProcFile.ReadAll(path) : buffer[..Math.Max(0, length)];
        while (Utf8Parser.TryParse(text, out int child, out int used))
        {
            into.Add(child);
            text = text[used..].TrimStart((byte)' ');
        }
    }

    private static bool HasChildrenFile()
    {
        int self = Libc.GetPid();
        return Libc.Access($"/proc/{self}/task/{self}/children", 4) == 0;
    }
}
