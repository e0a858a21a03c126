namespace BuildGuard.Diagnostics;

/// <summary>A failure that has a code, a cause and a remedy, and is shown to the user as one line.</summary>
public sealed class GuardException : Exception
{
    /// <summary>A failure with its message.</summary>
    public GuardException(GuardMessage problem)
        : base((problem ?? throw new ArgumentNullException(nameof(problem))).Text) => Problem = problem;

    /// <summary>A failure that another one caused.</summary>
    public GuardException(GuardMessage problem, Exception inner)
        : base((problem ?? throw new ArgumentNullException(nameof(problem))).Text, inner) => Problem = problem;

    /// <summary>The message with its code.</summary>
    public GuardMessage Problem { get; }
}
