using BuildGuard.Operations;

namespace BuildGuard.Cli;

/// <summary>The exit codes of the program itself; a command's own codes pass through.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary><c>doctor</c> found something.</summary>
    public const int Findings = 1;

    /// <summary>The machine is not fit; EX_TEMPFAIL of sysexits.h.</summary>
    public const int NotFit = Operation.RefusedCode;

    /// <summary>As timeout(1).</summary>
    public const int TimedOut = 124;

    /// <summary>The guard itself failed, bad usage included.</summary>
    public const int GuardFailed = 125;

    /// <summary>As a shell: there, and could not be started.</summary>
    public const int CannotStart = Operation.CannotStartCode;

    /// <summary>As a shell: not there.</summary>
    public const int NotFound = Operation.NotFoundCode;

    /// <summary>128 + SIGPIPE: whoever read our output has gone, as of every program of Unix.</summary>
    public const int ReaderGone = 141;

    /// <summary>128 + SIGKILL: a limit ended it.</summary>
    public const int LimitReached = 137;
}
