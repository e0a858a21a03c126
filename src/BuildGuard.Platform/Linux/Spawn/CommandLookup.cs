using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Finds the file of a command as <c>execvp(3)</c> would, but before the child exists.</summary>
internal static class CommandLookup
{
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    // A command is looked up before it waits and again when it starts: a PATH of a dozen entries costs a twentieth of a
    // millisecond each time.
    private static Lookup? s_last;

    /// <summary>The path to execute.</summary>
    /// <param name="command">The command as given; looked up unless it holds a slash.</param>
    /// <param name="path">The child's PATH.</param>
    /// <exception cref="CommandStartException">Nothing of that name can be executed.</exception>
    public static string Find(string command, string? path)
    {
        if (command.Length == 0)
        {
            throw new CommandStartException("The command is empty.", notFound: true);
        }

        if (command.Contains('\0', StringComparison.Ordinal))
        {
            throw new CommandStartException("The command holds a null character.", notFound: false);
        }

        if (command.Contains('/', StringComparison.Ordinal))
        {
            return command;
        }

        if (s_last is { } last && last.Command == command && last.Path == path && CanExecute(last.File, command))
        {
            return last.File;
        }

        string file = Search(command, path);
        s_last = new Lookup(command, path, file);
        return file;
    }

    private static string Search(string command, string? path)
    {
        string? denied = null;
        foreach (string directory in (path ?? DefaultPath).Split(':'))
        {
            // An empty entry means the working directory, as it always did.
            string candidate = directory.Length == 0 ? "./" + command : $"{directory}/{command}";
            if (CanExecute(candidate, command))
            {
                if (!Directory.Exists(candidate))
                {
                    return candidate;
                }

                denied ??= candidate;
            }
            else if (Libc.LastError == Errno.EACCES && File.Exists(candidate))
            {
                denied ??= candidate;
            }
        }

        throw denied is null
            ? new CommandStartException($"'{command}' was not found in PATH.", notFound: true)
            : new CommandStartException($"'{denied}' cannot be executed: permission denied.", notFound: false);
    }

    /// <summary>
    /// Looks whether a command can be started at all, as far as that can be told beforehand: so that nobody waits for a
    /// turn that is of no use.
    /// </summary>
    /// <exception cref="CommandStartException">It cannot.</exception>
    public static void Require(string command, string? path)
    {
        string file = Find(command, path);
        if (!command.Contains('/', StringComparison.Ordinal))
        {
            // What was looked up was looked at.
            return;
        }

        if (!CanExecute(file, command))
        {
            throw Refused(file, Libc.LastError);
        }

        if (Directory.Exists(file))
        {
            throw new CommandStartException($"'{file}' cannot be executed: {Errno.Describe(Errno.EISDIR)}.", notFound: false);
        }
    }

    /// <summary>Whether the file of a command can be executed; if not, the error tells why.</summary>
    private static unsafe bool CanExecute(string file, string command)
    {
        if (ArgumentBytes.Of([command]) is not { } given)
        {
            return Libc.Access(file, Libc.X_OK) == 0;
        }

        fixed (byte* path = (byte[])[.. ArgumentBytes.OfFile(file, command, given[0]), 0])
        {
            return Libc.Access(path, Libc.X_OK) == 0;
        }
    }

    /// <summary>What to say when the kernel refused to execute a file.</summary>
    public static CommandStartException Refused(string file, int error)
    {
        bool missing = error is Errno.ENOENT or Errno.ENOTDIR;
        if (missing && File.Exists(file))
        {
            return new CommandStartException($"'{file}' cannot be executed: its interpreter is missing.", notFound: false);
        }

        return missing
            ? new CommandStartException($"'{file}' was not found.", notFound: true)
            : new CommandStartException($"'{file}' cannot be executed: {Errno.Describe(error)}.", notFound: false);
    }

    private sealed record Lookup(string Command, string? Path, string File);
}
