using System.ComponentModel;
using System.Diagnostics;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;

namespace BuildGuard.Tasks.Helper;

/// <summary>The helper as something to start: a native program, or <c>dotnet</c> with a managed one.</summary>
/// <param name="FileName">The file to start.</param>
/// <param name="ManagedFile">The managed program that <paramref name="FileName"/> runs; null for a native one.</param>
internal sealed record HelperProgram(string FileName, string? ManagedFile)
{
    /// <summary>The helper of a project.</summary>
    public static HelperProgram Of(GuardedProject project) =>
        new(project.HelperFile, project.HelperManagedFile.Length > 0 ? project.HelperManagedFile : null);

    /// <summary>The file that is the helper, by which people know it.</summary>
    public string Path => ManagedFile ?? FileName;

    /// <summary>The arguments before the helper's own.</summary>
    public IEnumerable<string> LeadingArguments => ManagedFile is null ? [] : ["exec", ManagedFile];

    /// <summary>The arguments with which it runs a command of a project as one operation; the command's own follow.</summary>
    /// <param name="project">The project.</param>
    /// <param name="kind">What it is to the helper.</param>
    /// <param name="name">What it is to people.</param>
    /// <param name="messagesFile">Where the helper says what is to be said; null for the standard error.</param>
    /// <param name="command">The file of the command.</param>
    public static string OperationArguments(GuardedProject project, string kind, string name, string? messagesFile, string command)
    {
        IEnumerable<string> messages = messagesFile is null ? [] : ["--messages", messagesFile];
        return CommandLine.Join(
        [
            .. Of(project).LeadingArguments,
            "run", "--with-parent", "--kind", kind, .. messages, "--label", project.Name + ": " + name,
            .. project.PropertyArguments(),
            "--", command,
        ]);
    }

    /// <summary>
    /// Ends what a killed helper left running, as nobody else does before the next in the queue comes to its turn. Bounded.
    /// </summary>
    /// <param name="environment">The environment of the killed one; null for this process's own.</param>
    /// <param name="messagesFile">Where it says what it ended; null for nowhere.</param>
    public void Reap(IDictionary<string, string?>? environment, string? messagesFile)
    {
        IEnumerable<string> arguments = messagesFile is null ? ["reap"] : ["reap", "--messages", messagesFile];
        var start = new ProcessStartInfo(FileName, CommandLine.Join(LeadingArguments.Concat(arguments)))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var variable in environment)
            {
                start.Environment[variable.Key] = variable.Value;
            }
        }
        else
        {
            // It is none of what the dead lease left, and whoever else ends that must not take it for such.
            start.Environment.Remove(SessionEntry.LeaseVariable);
        }

        try
        {
            using var process = new Process { StartInfo = start };
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit((int)HelperAnswer.Patience.TotalMilliseconds);
        }
        catch (Win32Exception)
        {
            // The next in the queue ends it; that the helper cannot be started is said where it was asked for.
        }
    }

    /// <summary>The lines that it answers with; none where it cannot be asked. Bounded.</summary>
    public IReadOnlyList<string> Ask(IEnumerable<string> arguments) =>
        HelperAnswer.To(FileName, LeadingArguments.Concat(arguments)) is { ExitCode: 0 } answer ? answer.Lines : [];

    /// <summary>Has it note in the audit trail that something is not guarded, and does not wait for it.</summary>
    /// <param name="label">What people know it by.</param>
    /// <param name="directory">Where it was started; empty where that is not known.</param>
    /// <returns>Why it cannot be noted; null when it can.</returns>
    public string? NoteUnguarded(string label, string directory)
    {
        if (Missing() is { } missing)
        {
            return missing.Text;
        }

        List<string> arguments = ["unguarded", "--label", label];
        if (directory.Length > 0)
        {
            arguments.AddRange(["--cwd", directory]);
        }

        try
        {
            // Streams of its own, which close with us, so that nobody who reads the build's output waits for it.
            using var process = Process.Start(new ProcessStartInfo(FileName, CommandLine.Join(LeadingArguments.Concat(arguments)))
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            return null;
        }
        catch (Exception problem) when (problem is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return problem.Message;
        }
    }

    /// <summary>That the helper is not there; null when it is.</summary>
    public GuardMessage? Missing() => File.Exists(Path)
        ? null
        : CannotStart(Path, "it does not exist");

    /// <summary>The error of a helper that cannot be started, with its remedy.</summary>
    public static GuardMessage CannotStart(string path, string reason) => GuardMessage.Error(
        "BG0001",
        $"the helper '{path}' cannot be started: {reason}. Nothing was run unguarded. Restore the package again, correct BuildGuardHelperPath if you set it, or set BuildGuardEnabled=false to build without the guard");
}
