using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Runs;

/// <summary>The file that <c>run --report</c> names.</summary>
internal static class ReportFile
{
    /// <summary>More than a file on any disk takes; only a pipe that nobody reads takes longer.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Writes it; where that fails, a warning says so.</summary>
    public static void Write(OperationReport report, string path, IMessageSink messages)
    {
        try
        {
            File.WriteAllBytes(path, report.ToJson());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Say(Messages.ReportUnwritable(path, e.Message));
        }
    }

    /// <summary>Writes it before the program ends at a signal: a pipe that nobody reads does not keep it.</summary>
    public static void WriteAtOnce(OperationReport report, string path, IMessageSink messages)
    {
        var written = new ManualResetEventSlim();
        try
        {
            BackgroundThread.Start("writes the report", () =>
            {
                Write(report, path, messages);
                written.Set();
            });
        }
        catch (GuardException e)
        {
            messages.Say(Messages.ReportUnwritable(path, e.Problem.Text));
            return;
        }

        if (!written.Wait(s_patience))
        {
            messages.Say(Messages.ReportUnwritable(path, "nobody reads it"));
        }
    }

    /// <summary>The report of an earlier run must not be taken for this one's. No link, pipe or device is touched.</summary>
    public static void Forget(string path, IMessageSink messages)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, LinkTarget: null, Length: > 0 } earlier)
            {
                earlier.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Say(Messages.ReportUnwritable(path, e.Message));
        }
    }
}
