using BuildGuard.Diagnostics;

namespace BuildGuard.Leases;

/// <summary>What the lease tree has to say when it cannot go on.</summary>
internal static class LeaseMessages
{
    public static GuardException NumbersExhausted(string node) => new(new GuardMessage(
        MessageLevel.Error,
        "BG1004",
        $"the queue '{node}' holds a ticket with the largest number there is ({TicketName.MaxNumber}), so no further one can be given; "
        + "remove that file when nothing is running"));

    public static GuardException StuckChild(LeaseId lease) => new(new GuardMessage(
        MessageLevel.Error,
        "BG4003",
        $"the lease {lease} of a dead holder could not be ended: its program neither ends nor can be killed"));
}
