using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Dashboard;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard top</c>: the live dashboard; one snapshot where there is no terminal.</summary>
/// <remarks>
/// The drawing is our own: Spectre.Console, which is clean for trimming, made the native helper 1.7 MB larger (5.32 to
/// 7.02 MB), and the screen, its keys and its restoring would have been our own nevertheless.
/// </remarks>
internal static class TopVerb
{
    private const int SnapshotWidth = 120;

    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(200);

    public static Command Command(Composition composition)
    {
        var interval = new Option<string>("--interval") { HelpName = "DURATION", Description = "How often to look; 2s by default" };
        var command = new Command("top", "Show the machine, the lease tree, the queue and the latest events, live. One snapshot where the output is no terminal.") { interval };
        command.SetAction(result =>
        {
            TimeSpan pause = result.GetValue(interval) is { } text ? ViewOptions.DurationOf("top", "--interval", text) : s_default;
            if (pause < s_shortest)
            {
                throw new GuardException(Messages.BadUsage("top", $"--interval '{Duration.ToText(pause)}' is too short: expected {Duration.ToText(s_shortest)} or more"));
            }

            GuardSettings settings = composition.Settings([]);
            composition.RequireReadable();
            return FullScreen.IsPossible
                ? new TopSession(composition, settings, pause).Run()
                : Snapshot(composition, settings);
        });
        return command;
    }

    private static int Snapshot(Composition composition, GuardSettings settings)
    {
        int width = StandardStreams.IsTerminal(StandardStreams.Out) ? FullScreen.Size.Width : SnapshotWidth;
        foreach (Line line in TopLayout.Of(new TopSampler(composition, settings).Look(), width, height: null))
        {
            Terminal.Lines.WriteLine(line.Render(width, Terminal.HasColours).TrimEnd());
        }

        return ExitCodes.Success;
    }
}
