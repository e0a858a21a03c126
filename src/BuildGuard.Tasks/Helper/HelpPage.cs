namespace BuildGuard.Tasks.Helper;

/// <summary>Where cause and remedy of each code are explained.</summary>
internal static class HelpPage
{
    /// <summary>The page section of a code.</summary>
    public static string Of(string code) => "https://github.com/buildguard/buildguard/blob/main/docs/messages.md#" + code.ToLowerInvariant();
}
