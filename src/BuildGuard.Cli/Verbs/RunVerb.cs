using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Verbs;

internal static class RunVerb
{
    public static int Execute(ParsedLine line) => ExitCodes.GuardFailed;
}
