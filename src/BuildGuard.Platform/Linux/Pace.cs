namespace BuildGuard.Platform.Linux;

/// <summary>How often a tree is looked at.</summary>
/// <param name="PauseForEach">How many times as long as a look takes the pause after it is.</param>
/// <param name="LongestPause">However long it takes.</param>
internal readonly record struct Pace(int PauseForEach, TimeSpan LongestPause)
{
    /// <summary>Less than 1 % of a core goes into looking, what the clock does not show included.</summary>
    public static Pace Ordinary => new(150, TimeSpan.FromSeconds(2));

    /// <summary>Some 5 %: what is added up reaches a limit, and what is counted once does not.</summary>
    public static Pace Brisk => new(PauseForEachWhenPressed, TimeSpan.FromSeconds(1));

    /// <summary>Some 5 % while a look takes less than 15 ms, which is a large tree near a limit.</summary>
    public static Pace Hurried => new(PauseForEachWhenPressed, TimeSpan.FromMilliseconds(300));

    private const int PauseForEachWhenPressed = 20;
}
