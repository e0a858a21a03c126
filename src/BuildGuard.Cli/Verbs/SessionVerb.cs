using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Verbs;

internal static class SessionVerb
{
    public static int Execute(ParsedLine line) => ExitCodes.GuardFailed;
}
