using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Output;

/// <summary>A question to whoever sits at the terminal.</summary>
internal static class Question
{
    /// <summary>Whether somebody may answer.</summary>
    public static bool CanAsk => StandardStreams.IsTerminal(0);

    /// <summary>Asks; anything but a plain yes is a no.</summary>
    public static bool IsYes(string question)
    {
        Terminal.Lines.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
