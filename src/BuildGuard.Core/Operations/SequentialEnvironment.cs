using System.Collections.Immutable;

namespace BuildGuard.Operations;

/// <summary>
/// Variables that keep tools from leaving servers behind. A server that a guarded command started ends with it, so it
/// would only be started to be ended; and while it lives another build may come to lean on it.
/// </summary>
public static class SequentialEnvironment
{
    /// <summary>The variables, each with its value and its reason. What the user has set stays as it is.</summary>
    public static ImmutableArray<(string Name, string Value, string Reason)> Variables { get; } =
    [
        ("MSBUILDDISABLENODEREUSE", "1", "MSBuild's worker nodes end with their build instead of waiting 15 minutes for another"),
        ("DOTNET_CLI_USE_MSBUILD_SERVER", "0", "dotnet build runs MSBuild in its own process instead of a server that stays"),
        ("UseSharedCompilation", "false", "the compiler runs in the build instead of VBCSCompiler, which stays for 10 minutes"),
    ];
}
