namespace BuildGuard.Leases;

/// <summary>
/// The held tickets of a queue whose files stand in their place no more, for whoever looks through the queue without its mutex.
/// Looked for when the first one may be among them, for that takes milliseconds.
/// </summary>
internal sealed class Displaced(Node node) : IDisposable
{
    private List<(TicketName Name, TicketFile File)>? _held;

    /// <summary>
    /// Whether a ticket's file that stands in its place may be another than the one that its holder has. Who ends as he should says
    /// so before he lets go; who leaves removes his file before.
    /// </summary>
    /// <param name="node">The queue.</param>
    /// <param name="name">The ticket.</param>
    /// <param name="file">The file; <c>null</c> for what is no plain one.</param>
    public static bool MayBe(Node node, TicketName name, TicketFile? file) => file is null
        ? node.Exists(name)
        : !file.IsHeld() && file.ReadState() is not (TicketState.Released or TicketState.Vacated) && file.IsInPlace();

    /// <summary>The file that the holder of a ticket has, if it is another than the one that stands in its place; <c>null</c>: it is that one, or nobody holds it.</summary>
    /// <param name="name">The ticket.</param>
    /// <param name="file">What stands in its place; <c>null</c> for what is no plain file.</param>
    public TicketFile? Instead(TicketName name, TicketFile? file) =>
        MayBe(node, name, file) ? Find(name) : null;

    /// <summary>The file that a holder has in whose place nothing stands, because it was renamed; <c>null</c>: it was deleted, or nobody holds it.</summary>
    public TicketFile? Renamed(TicketName name) => Find(name) is { IsDeleted: false } file ? file : null;

    private TicketFile? Find(TicketName name) => (_held ??= node.Holders.OpenDisplaced()).Find(held => held.Name == name).File;

    /// <inheritdoc/>
    public void Dispose() => _held?.ForEach(held => held.File.Dispose());
}
