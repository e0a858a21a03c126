using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Starts a command that is contained from its first instruction on.</summary>
internal static class ProcessStarter
{
    /// <summary>Starts the command.</summary>
    /// <exception cref="CommandStartException">There is no such command or it cannot be executed.</exception>
    /// <exception cref="GuardException">BG4004: the child could not be contained or made.</exception>
    public static StartedProcess Start(StartRequest request, BirthPlace place)
    {
        var environment = new EnvironmentBlock(request.Environment);
        string file = CommandLookup.Find(request.Arguments[0], environment["PATH"]);
        int error = TryStart(file, request.Arguments, environment, place, out StartedProcess started);
        if (error == Errno.ENOEXEC)
        {
            // A script without "#!": the shell runs it, as execvp(3) has it.
            error = TryStart("/bin/sh", ["/bin/sh", file, .. request.Arguments.AsSpan(1)], environment, place, out started);
        }

        return error == 0 ? started : throw CommandLookup.Refused(file, error);
    }

    /// <summary>0, or why the file could not be executed.</summary>
    private static int TryStart(
        string file, ReadOnlySpan<string> arguments, EnvironmentBlock environment, BirthPlace place, out StartedProcess started)
    {
        using var birth = new Birth(file, arguments, environment);
        _ = birth.Begin(place);
        started = birth.Process;
        return birth.Finish();
    }
}
