namespace BuildGuard.Diagnostics;

/// <summary>How much a message matters to a build.</summary>
public enum MessageLevel
{
    /// <summary>Ordinary life: waiting, being disabled on purpose. Never fails a build, also not with warnings as errors.</summary>
    Message,

    /// <summary>Something the user should look at.</summary>
    Warning,

    /// <summary>The operation was refused or stopped.</summary>
    Error,
}

/// <summary>One thing the guard says: what, limit, value and remedy in one line.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Code">The code, <c>BG####</c>.</param>
/// <param name="Text">The line without the code.</param>
public sealed record GuardMessage(MessageLevel Level, string Code, string Text)
{
    /// <summary>The line without the code. Whatever others wrote in it, it is one line that steers no terminal.</summary>
    public string Text { get; init => field = ForeignText.Clean(value); } = ForeignText.Clean(Text);

    /// <summary>The file that is at fault, with which the text begins then; <c>null</c> for none.</summary>
    public FilePlace? Place { get; init; }

    /// <summary>Where cause and remedy are explained.</summary>
    public string HelpLink => HelpLinkOf(Code);

    /// <summary>The page section of a code.</summary>
    public static string HelpLinkOf(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return $"https://github.com/buildguard/buildguard/blob/main/docs/messages.md#{code.ToLowerInvariant()}";
    }

    /// <summary>The line as the program prints it.</summary>
    public override string ToString() => Level switch
    {
        MessageLevel.Message => $"buildguard: {Code}: {Text} [{HelpLink}]",
        MessageLevel.Warning => $"buildguard: warning {Code}: {Text} [{HelpLink}]",
        _ => $"buildguard: error {Code}: {Text} [{HelpLink}]",
    };
}
