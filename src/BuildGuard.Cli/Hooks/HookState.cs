using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Hooks;

/// <summary>How a hook stands.</summary>
internal enum HookState
{
    /// <summary>The guard is not in it, or there is no hook.</summary>
    Unguarded,

    /// <summary>It runs under the guard.</summary>
    Guarded,

    /// <summary>The lines of the guard were changed by somebody.</summary>
    Edited,
}

/// <summary>One hook, as it is now.</summary>
/// <param name="Name">As git calls it.</param>
/// <param name="Path">Its file.</param>
/// <param name="State">How it stands.</param>
/// <param name="Change">What was done about it.</param>
/// <param name="Remark">What is to be known about it; empty if nothing is.</param>
internal sealed record HookReport(string Name, string Path, HookState State, Change Change, string Remark);
