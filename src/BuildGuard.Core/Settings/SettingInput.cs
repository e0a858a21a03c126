namespace BuildGuard.Settings;

/// <summary>One setting as it was given, before it is understood.</summary>
/// <param name="Setting">Which one.</param>
/// <param name="Text">What was written.</param>
/// <param name="Source">Where, in words: <c>--memory</c>, <c>BUILDGUARD_MAX_MEMORY</c>, <c>property BuildGuardMaxMemory</c>, <c>/src/buildguard.json</c>, <c>default</c>.</param>
public sealed record SettingInput(Setting Setting, string Text, string Source)
{
    /// <summary>The source of a setting that nobody gave.</summary>
    public const string Default = "default";

    /// <summary>As in <c>MaxMemory=8G (/src/buildguard.json)</c>.</summary>
    public override string ToString() => $"{Setting.Name()}={Text} ({Source})";
}
