namespace BuildGuard.Leases;

/// <summary>Reads the state's letter.</summary>
internal static class TicketStates
{
    /// <summary>The state that a letter means; <c>null</c> if it means none.</summary>
    public static TicketState? Read(byte letter) => (TicketState)letter is var state
        && state is TicketState.Waiting or TicketState.Granted or TicketState.Ending or TicketState.Released or TicketState.Vacated
            ? state
            : null;
}
