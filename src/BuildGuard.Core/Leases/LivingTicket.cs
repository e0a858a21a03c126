namespace BuildGuard.Leases;

/// <summary>A ticket that stands before ours and is held.</summary>
internal sealed class LivingTicket : IDisposable
{
    /// <param name="name">Its name.</param>
    /// <param name="file">Its file.</param>
    /// <param name="slots">What ours asks for: one that wants to be alone need not know what others want.</param>
    public LivingTicket(TicketName name, TicketFile file, int slots)
    {
        Name = name;
        File = file;
        State = file.ReadState();
        Slots = slots == 1 || HidesOthers ? 1 : file.Read()?.Record.Slots ?? 1;
    }

    public TicketName Name { get; }

    public TicketFile File { get; }

    /// <summary>How far it had come when it was looked at.</summary>
    public TicketState? State { get; }

    /// <summary>How many may run beside it, itself included. One that cannot be read is taken to want to be alone.</summary>
    public int Slots { get; }

    /// <summary>Whether all who may stand before it are its concern and not ours: it waits for them itself.</summary>
    public bool HidesOthers => State is null or TicketState.Waiting;

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
