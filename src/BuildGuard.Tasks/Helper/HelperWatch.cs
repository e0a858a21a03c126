namespace BuildGuard.Tasks.Helper;

/// <summary>
/// Ends what is left when the helper of an operation is killed: the task itself would wait until nothing of it holds the
/// output open any more.
/// </summary>
internal sealed class HelperWatch : IDisposable
{
    /// <summary>From here on an exit code may be that of a helper which a signal ended.</summary>
    private const int FirstSignalCode = 129;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly HelperProgram _program;
    private readonly RunningHelper _helper;
    private readonly OperationMessages _messages;
    private readonly Func<IDictionary<string, string?>?> _environment;
    private readonly Timer _timer;

    /// <summary>Looks after a helper from now on.</summary>
    /// <param name="program">The program.</param>
    /// <param name="helper">The helper, which is about to be started.</param>
    /// <param name="messages">What it says.</param>
    /// <param name="environment">What it was started with.</param>
    public HelperWatch(HelperProgram program, RunningHelper helper, OperationMessages messages, Func<IDictionary<string, string?>?> environment)
    {
        (_program, _helper, _messages, _environment) = (program, helper, messages, environment);
        _timer = new Timer(_ => Look(), null, Interval, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Says that it was killed, if it was, and ends what is left.</summary>
    /// <param name="exitCode">What it ended with.</param>
    public void Conclude(int exitCode)
    {
        Dispose();
        if (exitCode < FirstSignalCode)
        {
            return;
        }

        _messages.Read();
        if (!_messages.HasEnded)
        {
            Reap();
            _messages.Say(GuardMessage.Error(
                "BG4005",
                $"the helper that ran this command was killed (exit code {exitCode}), so it is not known how the command ended; what it had started was ended"));
        }
    }

    /// <summary>Looks no more; a look that is under way is waited for.</summary>
    public void Dispose()
    {
        using var over = new ManualResetEvent(false);
        if (_timer.Dispose(over))
        {
            over.WaitOne();
        }
    }

    private void Look()
    {
        if (_helper.HasVanished())
        {
            Reap();
        }

        try
        {
            _timer.Change(Interval, System.Threading.Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The operation is over.
        }
    }

    /// <summary>Ends only what dead helpers have left: asked too early, it does nothing.</summary>
    private void Reap() => _program.Reap(_environment(), _messages.File);
}
