namespace BuildGuard.Leases;

/// <summary>What a ticket's file holds.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="Record">Who took it.</param>
/// <param name="Grant">What it became; <c>null</c> while it waits.</param>
public sealed record TicketContent(TicketState State, LeaseRecord Record, GrantRecord? Grant);
