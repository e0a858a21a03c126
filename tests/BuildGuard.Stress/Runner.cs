using BuildGuard.Leases.Taker;

namespace BuildGuard.Stress;

/// <summary>One <c>buildguard run</c> at a time.</summary>
internal sealed class Runner(ProgramArena arena) : PressedProcess(() => arena.Run("sh", "-c", arena.Command(Random.Shared.Next(30))))
{
    /// <summary>Kills a child: the command of one that holds, the prepared process of one that waits.</summary>
    public bool KillChild()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{Process.Id}/task")
                .SelectMany(task => File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(int.Parse)
                .Any(pid => Native.Signal(pid, Native.SIGKILL));
        }
        catch (IOException)
        {
            // It or one of its threads has ended.
            return false;
        }
    }
}
