using System.Globalization;

namespace BuildGuard.Integration.Harness;

/// <summary>A process as proc_pid_stat(5) and proc_pid_cmdline(5) show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">The letter of its state.</param>
/// <param name="Parent">The id of its parent.</param>
/// <param name="Arguments">Its command line.</param>
internal sealed record ProcessStat(int Id, char State, int Parent, IReadOnlyList<string> Arguments)
{
    /// <summary>All there are.</summary>
    public static IEnumerable<ProcessStat> All() => Directory.GetDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) ? Of(id) : null)
        .OfType<ProcessStat>();

    /// <summary>One of them; null if there is none.</summary>
    public static ProcessStat? Of(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessStat(id, words[0][0], int.Parse(words[1], CultureInfo.InvariantCulture), File.ReadAllText($"/proc/{id}/cmdline").Split('\0'));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether it runs: one that has ended may still wait for its parent to notice.</summary>
    public static bool IsRunning(int id) => Of(id) is { State: not 'Z' };

    /// <summary>Those that run and were started with a variable.</summary>
    /// <param name="variable">It, as <c>NAME=VALUE</c>.</param>
    public static IEnumerable<ProcessStat> StartedWith(string variable) => All().Where(process => process.State != 'Z' && Has(process.Id, variable));

    /// <summary>proc_pid_environ(5).</summary>
    private static bool Has(int id, string variable)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains(variable);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
