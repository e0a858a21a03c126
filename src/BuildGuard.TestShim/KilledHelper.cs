using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.TestShim;

/// <summary>Ends what is left of a test run whose helper was killed: nobody else does before the next in the queue.</summary>
internal static class KilledHelper
{
    /// <summary>Says that it was killed, if it was; nothing if the code is that of the test console.</summary>
    /// <param name="start">How it was started.</param>
    /// <param name="exitCode">What it ended with.</param>
    public static void Conclude(ProcessStartInfo start, int exitCode)
    {
        if (Reap(start) is { Length: > 0 } found && HasLeases(found))
        {
            Console.Error.WriteLine($"buildguard: error BG4005: the helper that ran this command was killed (exit code {exitCode}), so it is not known how the command ended; what it had started was ended [https://github.com/buildguard/buildguard/blob/main/docs/messages.md#bg4005]");
        }
    }

    private static string Reap(ProcessStartInfo killed)
    {
        var start = new ProcessStartInfo(killed.FileName)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        if (killed.ArgumentList is ["exec", var managed, ..])
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(managed);
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
