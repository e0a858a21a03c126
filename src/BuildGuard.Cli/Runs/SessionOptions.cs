using BuildGuard.Cli.CommandLine;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Runs;

/// <summary>The options of the hidden verb <c>buildguard session</c>, which the MSBuild tasks start.</summary>
internal static class SessionOptions
{
    public static readonly OptionSpec Build = new("--build", "ID", "The same on all nodes of one build");
    public static readonly OptionSpec OwnerPid = new("--owner-pid", "PID", "The process that the session serves");
    public static readonly OptionSpec Directory = new("--cwd", "DIR", "The directory of the build");

    public static readonly OptionSpec Label = RunOptions.Label;
    public static readonly OptionSpec Property = RunOptions.Property;

    /// <summary>All of them.</summary>
    public static readonly OptionSpec[] All =
    [
        Label, Build, OwnerPid, RunOptions.Lock, RunOptions.Slots, RunOptions.Preflight, RunOptions.MinFreeMemory, RunOptions.MaxLoad,
        Directory, Property,
    ];
}
