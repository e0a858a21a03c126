namespace BuildGuard.Tasks.Projects;

/// <summary>How MSBuild reads what is written for it.</summary>
internal static class MSBuildSyntax
{
    /// <summary>A text as one that MSBuild takes literally.</summary>
    public static string Escape(string text) => string.Concat(text.Select(character =>
        "%*?@$();'".IndexOf(character) >= 0 ? "%" + ((int)character).ToString("x2") : character.ToString()));

    /// <summary>Whether a value says yes, in any of MSBuild's words for it.</summary>
    public static bool IsTrue(string value) => value.ToLowerInvariant() is "true" or "on" or "yes" or "!false" or "!off" or "!no";
}
