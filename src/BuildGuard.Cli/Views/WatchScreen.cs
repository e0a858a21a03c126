using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Cli.Views;

/// <summary>What <c>--watch</c> shows on a terminal: the same view again and again, in place.</summary>
/// <param name="look">The lines of the view, for a width and a height.</param>
internal sealed class WatchScreen(Func<int, int, IReadOnlyList<string>> look)
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
            return look(width, height);
        }
        catch (GuardException e)
        {
            // The state directory may go and come back.
            return [.. Fold.At($"{e.Problem.Code}: {e.Problem.Text}", width).Split('\n').Take(height)];
        }
    }
}
