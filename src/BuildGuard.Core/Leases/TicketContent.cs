namespace BuildGuard.Leases;

/// <summary>What a ticket's file holds.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="Record">Who took it.</param>
/// <param name="Grant">What it became, or, while it waits, what is prepared for it; <c>null</c> if nothing.</param>
public sealed record TicketContent(TicketState State, LeaseRecord Record, GrantRecord? Grant);
