using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.TestShim;

/// <summary>Ends what is left of a test run whose helper was killed: nobody else does before the next in the queue.</summary>
internal static class KilledHelper
{
    /// <summary>Above are the codes of programs that a signal ended: the test console, or the helper itself.</summary>
    private const int LargestOwnCode = 128;

    /// <summary>Says that it was killed, if it was; nothing if the code is that of the test console.</summary>
    /// <param name="project">Whose tests they were.</param>
    /// <param name="exitCode">What the helper ended with.</param>
    public static void Conclude(GuardedProject project, int exitCode)
    {
        // A build that was ended ends its operations, helpers too: that is no surprise to anybody.
        if (exitCode > LargestOwnCode && HasLeases(Reap(project)) && !ParentProcess.IsGone)
        {
            Say.Error("BG4005", $"the helper that ran this command was killed (exit code {exitCode}), so it is not known how the command ended; what it had started was ended");
        }
    }

    /// <summary>What it ended, as JSON.</summary>
    private static string Reap(GuardedProject project)
    {
        var start = new ProcessStartInfo(project.HelperFile)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        if (project.HelperManagedFile.Length > 0)
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(project.HelperManagedFile);
        }

        start.ArgumentList.Add("reap");
        start.ArgumentList.Add("--json");
        try
        {
            using var process = Process.Start(start)!;
            var found = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return found;
        }
        catch (Win32Exception)
        {
            return "";
        }
    }

    private static bool HasLeases(string found)
    {
        try
        {
            using var json = JsonDocument.Parse(found);
            return json.RootElement.TryGetProperty("leases", out var leases) && leases.GetArrayLength() > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
