using System.Diagnostics;
using System.Text;

namespace BuildGuard.Demo;

/// <summary>A process that the demonstration started, however indirectly.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Actor">The number of the command that it belongs to.</param>
/// <param name="Command">Its command line.</param>
/// <param name="MemoryBytes">Its resident memory.</param>
internal sealed record MarkedProcess(int Pid, int Actor, string Command, long MemoryBytes);

/// <summary>Finds processes by the mark in their environment (Linux: <c>/proc/PID/environ</c>).</summary>
internal sealed class MarkedProcesses(string id)
{
    private readonly byte[] _mark = Encoding.ASCII.GetBytes($"{InnerEnvironment.Mark}={id}.");

    /// <summary>Everything that runs now.</summary>
    public IReadOnlyList<MarkedProcess> Find()
    {
        var found = new List<MarkedProcess>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int pid) && ActorOf(pid) is { } actor)
            {
                string command = Encoding.UTF8.GetString(Read(pid, "cmdline")).Replace('\0', ' ').Trim();
                if (command.Length > 0)
                {
                    found.Add(new MarkedProcess(pid, actor, command, MemoryOf(pid)));
                }
            }
        }

        return found;
    }

    /// <summary>The command that a process belongs to; <c>null</c> if it is none of ours.</summary>
    public int? ActorOf(int pid)
    {
        ReadOnlySpan<byte> environment = Read(pid, "environ");
        int at = environment.IndexOf(_mark);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> number = environment[(at + _mark.Length)..];
        int end = number.IndexOf((byte)0);
        return int.TryParse(end < 0 ? number : number[..end], out int actor) ? actor : null;
    }

    /// <summary>Ends everything that is left, until nothing is.</summary>
    public void EndAll()
    {
        var clock = Stopwatch.StartNew();
        while (Find() is { Count: > 0 } left)
        {
            foreach (MarkedProcess process in left)
            {
                Kill(process.Pid);
            }

            if (clock.Elapsed > TimeSpan.FromSeconds(10))
            {
                throw new DemoException($"Process {left[0].Pid} ({left[0].Command}) cannot be ended.");
            }

            Thread.Sleep(20);
        }
    }

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    private static long MemoryOf(int pid)
    {
        string[] pages = Encoding.ASCII.GetString(Read(pid, "statm")).Split(' ');
        return pages.Length > 2 && long.TryParse(pages[1], out long resident) && long.TryParse(pages[2], out long shared)
            ? (resident - shared) * Environment.SystemPageSize
            : 0;
    }

    private static byte[] Read(int pid, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
