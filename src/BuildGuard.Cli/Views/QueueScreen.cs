using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Views;

/// <summary><c>buildguard queue --watch</c> on a terminal: the queue in place, cut to the window.</summary>
internal sealed class QueueScreen(Composition composition, string lockName)
{
    /// <summary>Shows it until a signal or the key q ends it.</summary>
    /// <param name="interval">How often it looks.</param>
    /// <returns>0, or 128 + the signal.</returns>
    public int Run(TimeSpan interval)
    {
        using var screen = new FullScreen();
        while (true)
        {
            (int width, int height) = FullScreen.Size;
            screen.Show(Look(width, height));
            switch (screen.Wait(interval))
            {
                case ScreenEvent.Stopped:
                    return 128 + (screen.Signal == 0 ? 1 : screen.Signal);
                case ScreenEvent.Key when screen.Key == 'q':
                    return ExitCodes.Success;
                default:
                    break;
            }
        }
    }

    private IReadOnlyList<string> Look(int width, int height)
    {
        try
        {
            return LinesOf(composition.Viewer.Look(lockName), composition.UnrecordedHolders.Look(), width, height);
        }
        catch (GuardException e)
        {
            // The state directory may go and come back.
            return [.. Fold.At($"{e.Problem.Code}: {e.Problem.Text}", width).Split('\n').Take(height)];
        }
    }

    /// <summary>
    /// The lines for a window: who has the turn, then as many of those that wait as there is room for, the next one first, and how
    /// many are left out.
    /// </summary>
    public static IReadOnlyList<string> LinesOf(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded, int width, int height)
    {
        List<string> lines = [.. QueueText.HeadOf(tree, unrecorded).SelectMany(line => Fold.At(line, width).Split('\n'))];

        // No row takes less than a line.
        IReadOnlyList<string[]> rows = QueueText.TableOf(tree with { Queue = [.. tree.Queue.Take(height)] }).Rows(width);
        int shown = 0;
        while (shown < rows.Count && (shown == 0 || lines.Count + rows[shown].Length + (shown + 1 < tree.Queue.Count ? 1 : 0) <= height))
        {
            lines.AddRange(rows[shown++]);
        }

        if (shown < tree.Queue.Count)
        {
            lines.Add(Terminal.Faint($"… {tree.Queue.Count - shown} more"));
        }

        return lines.Count <= height ? lines : lines[..height];
    }
}
