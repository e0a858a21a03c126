using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Runs;

/// <summary>The file that <c>run --report</c> names.</summary>
internal static class ReportFile
{
    /// <summary>More than a file on any disk takes; only a pipe that nobody reads takes longer.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Sees, before anybody waits or anything runs, that it can be written, and removes that of an earlier run.</summary>
    /// <exception cref="GuardException">BG0013: it cannot be written, as far as that can be known before.</exception>
    public static void Prepare(string path)
    {
        try
        {
            WholeFile.Check(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new GuardException(Messages.ReportRefused(path, e is FileNotFoundException ? "the working directory was removed" : e.Message), e);
        }

        // In a folder where nobody may remove what is another's (the sticky one of temporary files) a new one could be made, but not take its place.
        if (Forget(path) is { } problem && !CanEmpty(path))
        {
            throw new GuardException(Messages.ReportRefused(path, problem.Message), problem);
        }
    }

    /// <summary>Writes it; where that fails, a warning says so.</summary>
    public static void Write(OperationReport report, string path, IMessageSink messages)
    {
        try
        {
            WholeFile.Write(Path.GetFullPath(path), report.ToJson());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Say(Messages.ReportUnwritable(path, e.Message));
        }
    }

    private static bool CanEmpty(string path)
    {
        try
        {
            WholeFile.Write(Path.GetFullPath(path), []);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
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
    /// <returns>Why it could not be removed; <c>null</c> if nothing is there any more that is to be.</returns>
    public static Exception? Forget(string path)
    {
        try
        {
            // A device is a plain file to .NET, but has no length.
            if (new FileInfo(path) is { Exists: true, LinkTarget: null, Length: > 0 } earlier)
            {
                earlier.Delete();
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }
}
