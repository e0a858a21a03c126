using System.Globalization;

namespace BuildGuard.Tasks.Helper;

/// <summary>Who started a process, by proc_pid_stat(5).</summary>
internal static class ProcessParent
{
    /// <summary>The one that did, or that has taken over since; null when the process is gone.</summary>
    /// <param name="process">Its id, or <c>self</c>.</param>
    public static int? Of(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");

            // The name, in brackets, may hold anything.
            return int.Parse(stat.Substring(stat.LastIndexOf(')') + 2).Split(' ')[1], NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
