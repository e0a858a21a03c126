using System.Text.Json;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>Ends what is left of a test run whose helper was killed: nobody else does before the next in the queue.</summary>
internal static class KilledHelper
{
    /// <summary>Above are the codes of programs that a signal ended: the test console, or the helper itself.</summary>
    private const int LargestOwnCode = 128;

    /// <summary>So many of the ended are named.</summary>
    private const int Named = 5;

    /// <summary>Says that it was killed, if it was, and what was ended; nothing if the code is that of the test console.</summary>
    /// <param name="project">Whose tests they were.</param>
    /// <param name="exitCode">What the helper ended with.</param>
    public static void Conclude(GuardedProject project, int exitCode)
    {
        // A build that was ended ends its operations, helpers too: that is no surprise to anybody.
        if (exitCode <= LargestOwnCode || Ended(Reap(project)) is not { } ended || ParentProcess.IsGone)
        {
            return;
        }

        if (ended.Count > 0)
        {
            var more = ended.Count > Named ? $" and {ended.Count - Named} more" : "";
            Say.Message("BG4001", $"ended {(ended.Count == 1 ? "an orphan" : $"{ended.Count} orphans")} of the killed helper: {string.Join(", ", ended.Take(Named))}{more}");
        }

        Say.Error("BG4005", $"the helper that ran this command was killed (exit code {exitCode}), so it is not known how the command ended; what it had started was ended");
    }

    /// <summary>What it ended, as JSON; nothing if it cannot be asked or does not answer. Bounded.</summary>
    private static string Reap(GuardedProject project)
    {
        string[] leading = project.HelperManagedFile.Length > 0 ? ["exec", project.HelperManagedFile] : [];
        return string.Join('\n', HelperAnswer.To(project.HelperFile, [.. leading, "reap", "--json"]).Lines);
    }

    /// <summary>The processes of the dead leases that were found, by name and id; <c>null</c> if there was no such lease.</summary>
    private static List<string>? Ended(string found)
    {
        try
        {
            using var json = JsonDocument.Parse(found);
            if (!json.RootElement.TryGetProperty("leases", out var leases) || leases.GetArrayLength() == 0)
            {
                return null;
            }

            return [.. leases.EnumerateArray()
                .SelectMany(static lease => lease.GetProperty("processes").EnumerateArray())
                .Select(static process => $"{process.GetProperty("name").GetString()} (pid {process.GetProperty("pid").GetInt32()})")];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
