using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Runs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Verbs;

/// <summary>
/// <c>buildguard unguarded</c>: notes that a build runs with <c>BUILDGUARD_DISABLE</c> or <c>BuildGuardEnabled=false</c>. Between the MSBuild tasks and the
/// helper only. Says nothing and takes no lease: nobody waits for it.
/// </summary>
internal static class UnguardedVerb
{
    /// <summary>Its options.</summary>
    public static readonly OptionSpec[] Options = [SessionOptions.Label, SessionOptions.Directory];

    public static int Execute(ParsedLine line)
    {
        try
        {
            var composition = new Composition();
            Unguarded.Note(
                composition,
                line,
                line.Text(SessionOptions.Label) ?? "",
                line.Text(SessionOptions.Directory),
                Messages.Disabled(composition.Resolver.IsDisabled() ? "BUILDGUARD_DISABLE" : "BuildGuardEnabled=false"));
            return ExitCodes.Success;
        }
        catch (GuardException)
        {
            // The build has said that it is not guarded; where that cannot be written down there is nobody to tell.
            return ExitCodes.GuardFailed;
        }
    }
}
