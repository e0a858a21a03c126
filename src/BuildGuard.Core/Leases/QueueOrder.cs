namespace BuildGuard.Leases;

/// <summary>What is known of the next ticket of a queue from those before it, while it is read from the front.</summary>
internal sealed class QueueOrder
{
    private bool _isWaiting;
    private bool _isShared;

    /// <summary>One that has the turn.</summary>
    /// <param name="slots">How many it lets run, itself included.</param>
    public void Granted(int slots) => (_isWaiting, _isShared) = (_isWaiting || slots == 1, true);

    /// <summary>One that waits.</summary>
    public void Waiting() => _isWaiting = true;

    /// <summary>One that says nothing.</summary>
    public UnreadableStanding Unreadable()
    {
        UnreadableStanding standing = _isWaiting ? UnreadableStanding.Waits : _isShared ? UnreadableStanding.HoldsOrWaits : UnreadableStanding.Holds;
        _isShared = true;
        return standing;
    }
}
