namespace BuildGuard.Leases;

/// <summary>What a lease is for.</summary>
public enum LeaseKind
{
    /// <summary>One whole build; operations take their turn inside it.</summary>
    Session,

    /// <summary>One command with everything it starts.</summary>
    Operation,
}
