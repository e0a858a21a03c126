namespace BuildGuard.Cli.Init;

/// <summary>How far a look at a repository goes.</summary>
/// <param name="Files">How many files.</param>
/// <param name="Depth">How many folders below each other.</param>
/// <param name="Time">How long.</param>
internal sealed record SurveyBounds(int Files, int Depth, TimeSpan Time)
{
    /// <summary>Everything: for whoever changes what is there.</summary>
    public static SurveyBounds None { get; } = new(int.MaxValue, int.MaxValue, TimeSpan.MaxValue);

    /// <summary>For whoever only looks: more than most repositories have, and still no wait that one notices much.</summary>
    public static SurveyBounds Quick { get; } = new(50_000, 16, TimeSpan.FromSeconds(2));
}
