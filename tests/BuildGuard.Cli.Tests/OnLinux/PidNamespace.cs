namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>A PID namespace of a test's own: the processes of whoever else works on this machine are none of it.</summary>
internal static class PidNamespace
{
    /// <summary>Runs a script in one, with <c>$HELPER</c> for the program. Everything in it ends with it.</summary>
    public static Result Run(Sandbox sandbox, string script)
    {
        File.WriteAllText(Path.Combine(sandbox.Work, "script"), script);
        string own = Environment.IsPrivilegedProcess ? "" : "--user --map-root-user ";
        return OutputTests.Shell(sandbox, $"exec timeout -s KILL 50 unshare {own}--pid --fork --kill-child --mount-proc bash script");
    }
}
