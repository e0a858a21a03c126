namespace BuildGuard.Diagnostics;

/// <summary>Texts as words of a POSIX shell, for the commands that remedies name.</summary>
public static class ShellWord
{
    /// <summary>A text that a POSIX shell takes literally.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
