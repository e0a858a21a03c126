using BuildGuard.Diagnostics;

namespace BuildGuard.Leases;

/// <summary>What the lease tree has to say when it cannot go on.</summary>
internal static class LeaseMessages
{
    public static GuardException NumbersExhausted(string node) =>
        new(Messages.NumbersExhausted(node, TicketName.MaxNumber));

    public static GuardException OtherProtocol(int protocol, string? version) =>
        new(Messages.OtherProtocol(GuardVersion.Own, TicketCodec.Protocol, version, protocol));

    public static GuardException MutexNeverStays(string path) => new(new GuardMessage(
        MessageLevel.Error,
        "BG0011",
        $"the file '{path}' is never the one that was just opened under that name; somebody removes it all the time, or the file system "
        + "does not tell files apart: set BUILDGUARD_STATE_DIR to a directory of your own on a local disk"));

    public static GuardException StuckChild(LeaseId lease) => new(new GuardMessage(
        MessageLevel.Error,
        "BG4003",
        $"the lease {lease} of a dead holder could not be ended: its program neither ends nor can be killed"));
}
