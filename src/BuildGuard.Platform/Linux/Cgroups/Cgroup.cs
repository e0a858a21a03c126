using System.Buffers.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>One directory of a control group hierarchy.</summary>
internal readonly record struct Cgroup(string Path)
{
    /// <summary>How much of a list is enough for a glance, in bytes: a hundred processes or more.</summary>
    private const int FirstProcesses = 1024;

    /// <summary>Whether it is there.</summary>
    public bool Exists => Libc.Access(Path, 0) == 0;

    /// <summary>Creates it; 0 or the error number. One that is there already is ours by its name.</summary>
    public int Create()
    {
        if (Libc.MkDir(Path, 0x1ED) == 0)
        {
            return 0;
        }

        int error = Libc.LastError;
        return error == Errno.EEXIST ? 0 : error;
    }

    /// <summary>Opens one of its files; -1 with the error number in <see cref="Libc.LastError"/>.</summary>
    public int Open(string file, int flags = Libc.O_RDONLY) => Libc.Open($"{Path}/{file}", flags | Libc.O_CLOEXEC);

    /// <summary>Opens the directory itself.</summary>
    public int OpenDirectory() => Libc.Open(Path, Libc.O_RDONLY | Libc.O_CLOEXEC);

    /// <summary>Writes one of its files; 0 or the error number.</summary>
    public int Write(string file, string text) => ProcFile.Write($"{Path}/{file}", text);

    /// <summary>This group and all below it, the deepest first.</summary>
    public List<Cgroup> Tree()
    {
        List<Cgroup> tree = [];
        foreach (string name in ProcDirectory.Subdirectories(Path))
        {
            tree.AddRange(new Cgroup($"{Path}/{name}").Tree());
        }

        tree.Add(this);
        return tree;
    }

    /// <summary>
    /// The processes in it and below it. Zombies are not listed: they can no longer run. Opened anew each time,
    /// because an open version 1 list goes on showing what it showed first.
    /// </summary>
    public void Processes(HashSet<int> into)
    {
        foreach (string name in ProcDirectory.Subdirectories(Path))
        {
            new Cgroup($"{Path}/{name}").Processes(into);
        }

        OwnProcesses(into);
    }

    /// <summary>Some of the processes in it and below it: at least so many, if there are, and read as shortly as can be.</summary>
    public void SomeProcesses(HashSet<int> into, int most)
    {
        OwnProcesses(into, isWhole: false);
        foreach (string name in into.Count < most ? ProcDirectory.Subdirectories(Path) : [])
        {
            new Cgroup($"{Path}/{name}").SomeProcesses(into, most);
        }
    }

    /// <summary>The processes in this very group.</summary>
    public void OwnProcesses(HashSet<int> into) => OwnProcesses(into, isWhole: true);

    private void OwnProcesses(HashSet<int> into, bool isWhole)
    {
        Span<byte> buffer = stackalloc byte[4096];
        string path = Path + "/cgroup.procs";
        int length = isWhole ? ProcFile.Read(path, buffer) : ProcFile.ReadRecord(path, buffer[..FirstProcesses]);
        ReadOnlySpan<byte> text = isWhole && length == buffer.Length ? ProcFile.ReadAll(path) : buffer[..Math.Max(0, length)];
        if (!isWhole)
        {
            // What the buffer cuts off is another process's number.
            text = text[..(text.LastIndexOf((byte)'\n') + 1)];
        }

        while (Utf8Parser.TryParse(text, out int pid, out int used))
        {
            // A process of another PID namespace is shown as 0: it cannot be told apart, let alone signalled.
            if (pid > 0)
            {
                into.Add(pid);
            }

            text = text[Math.Min(used + 1, text.Length)..];
        }
    }

    /// <summary>Removes it and all below it; 0, or the error number of the first that stays.</summary>
    public int Remove()
    {
        if (Libc.RmDir(Path) == 0)
        {
            return 0;
        }

        int error = Libc.LastError;
        if (error is Errno.ENOENT)
        {
            return 0;
        }

        // Busy also when it only holds other groups.
        int first = 0;
        foreach (Cgroup group in Tree())
        {
            if (Libc.RmDir(group.Path) != 0 && Libc.LastError is not Errno.ENOENT and int failed && first == 0)
            {
                first = failed;
            }
        }

        return first;
    }
}
