namespace BuildGuard.Tasks.Sessions;

/// <summary>Where people see what is to be said when the build's log is not open, or no more.</summary>
internal static class BuildConsole
{
    /// <summary>A terminal may be halted and a pipe full; nobody waits longer for that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Writes a line to the standard error of the build. What a node writes to its own is seen by nobody, so it goes to that of the
    /// process that started the node, as far as that can be reached without harm; else the line is lost.
    /// </summary>
    public static void WriteLine(string line)
    {
        if (!NodeProcess.IsNode || NodeProcess.IsNodeOf(NodeProcess.ParentArguments()))
        {
            Console.Error.WriteLine(line);
            return;
        }

#if NET
        var writing = new Thread(() => WriteToParent(line)) { IsBackground = true, Name = "BuildGuard console" };
        writing.Start();
        writing.Join(Patience);
#endif
    }

#if NET
    private static void WriteToParent(string line)
    {
        try
        {
            // proc_pid_fd(5). In a file the next line of its owner would stand over ours.
            var path = $"/proc/{NodeProcess.Parent}/fd/2";
            if (new FileInfo(path).LinkTarget is not { } target
                || !(target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("/dev/pts/", StringComparison.Ordinal) || target.StartsWith("/dev/tty", StringComparison.Ordinal)))
            {
                return;
            }

            using var error = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            error.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Nobody is there any more who could read it.
        }
    }
#endif
}
