using System.Text;

namespace BuildGuard.Platform.Linux;

/// <summary>Which processes a user means by a name, to keep them or to have them ended.</summary>
internal static class ProcessNames
{
    // TASK_COMM_LEN: the kernel keeps 15 bytes of a name.
    private const int KernelNameLength = 15;

    /// <summary>
    /// The first of the names that a process has: the kernel's short name, the file name of the program, or of the assembly
    /// that <c>dotnet</c> runs. <c>null</c>: it has none of them.
    /// </summary>
    public static string? FirstOf(in ProcStat stat, IReadOnlyCollection<string> names)
    {
        string[]? words = null;
        foreach (string name in names)
        {
            if (name.Length <= KernelNameLength && stat.Name == name)
            {
                return name;
            }

            words ??= WordsOf(stat.Pid);
            if (HasName(stat.Name, words, name))
            {
                return name;
            }
        }

        return null;
    }

    private static bool HasName(string kernelName, string[] words, string name)
    {
        // Of a longer name the kernel knows only the beginning, which another program may have as well: the command line must not
        // speak against it. That of a script names it behind its interpreter.
        if (name.Length > KernelNameLength && kernelName == name[..KernelNameLength])
        {
            return words.Length == 0 || words.Any(word => Path.GetFileName(word).StartsWith(name, StringComparison.Ordinal));
        }

        string program = words.Length == 0 ? "" : Path.GetFileName(words[0]);
        return program == name
            || (program == "dotnet" && words.Any(word => Path.GetFileName(word) == name + ".dll"));
    }

    private static string[] WordsOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.Read($"/proc/{pid}/cmdline", buffer);
        return length <= 0 ? [] : Encoding.UTF8.GetString(buffer[..length]).Split('\0');
    }
}
