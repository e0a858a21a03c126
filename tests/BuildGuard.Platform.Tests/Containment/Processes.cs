using System.Globalization;
using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>A look at processes and groups that shares no code with what is tested.</summary>
internal static partial class Processes
{
    private const int SIGKILL = 9;

    /// <summary>Those that can still run and have the text in their command line.</summary>
    public static List<int> Alive(string text)
    {
        List<int> found = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && pid != Environment.ProcessId
                && Read($"{directory}/cmdline").Contains(text, StringComparison.Ordinal)
                && State(pid) is not ('Z' or 'X' or '\0'))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    /// <summary>The kernel's one-letter state; null character if it is gone.</summary>
    public static char State(int pid)
    {
        string line = Read($"/proc/{pid}/stat");
        int end = line.LastIndexOf(')');
        return end < 0 || end + 2 >= line.Length ? '\0' : line[end + 2];
    }

    /// <summary>Field 5 of the stat line: the process group.</summary>
    public static int GroupOf(int pid)
    {
        string line = Read($"/proc/{pid}/stat");
        return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[2], CultureInfo.InvariantCulture);
    }

    /// <summary>The directory of this process's version 1 group, at the usual place.</summary>
    public static string OwnGroup(string controller) => $"/sys/fs/cgroup/{controller}" + File.ReadLines("/proc/self/cgroup")
        .Select(line => line.Split(':', 3))
        .Single(fields => fields[1].Split(',').Contains(controller))[2].TrimEnd('/');

    /// <summary>Directories below the control group mounts whose name starts and ends so.</summary>
    public static List<string> GroupsNamed(string start, string end)
    {
        List<string> found = [];
        Collect("/sys/fs/cgroup", 6, found, start, end);
        return found;
    }

    public static void Kill(int pid) => _ = Kill(pid, SIGKILL);

    /// <summary>kill(2).</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);

    private static void Collect(string directory, int depth, List<string> found, string start, string end)
    {
        try
        {
            foreach (string child in Directory.EnumerateDirectories(directory))
            {
                string name = Path.GetFileName(child);
                if (name.StartsWith(start, StringComparison.Ordinal) && name.Contains(end, StringComparison.Ordinal))
                {
                    found.Add(child);
                }

                if (depth > 0)
                {
                    Collect(child, depth - 1, found, start, end);
                }
            }
        }
        catch (IOException)
        {
            // Removed while it was listed.
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
        catch (UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
