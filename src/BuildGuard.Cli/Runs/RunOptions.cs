using BuildGuard.Cli.CommandLine;
using BuildGuard.Leases;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Runs;

/// <summary>The options of <c>buildguard run</c>.</summary>
internal static class RunOptions
{
    public static readonly OptionSpec Label = new("--label", "TEXT", "What people see in the queue; the program's name by default");
    public static readonly OptionSpec Memory = new("--memory", "SIZE", "Memory of the whole process tree, as in 512M or 8G") { Setting = Setting.MaxMemory };
    public static readonly OptionSpec Processes = new("--processes", "N", "Processes in the tree") { Setting = Setting.MaxProcesses };
    public static readonly OptionSpec OpenFiles = new("--open-files", "N", "Open files of each process") { Setting = Setting.MaxOpenFiles };
    public static readonly OptionSpec Timeout = new("--timeout", "DURATION", "Run time, as in 30s, 5m or 1h; waiting is not counted") { Setting = Setting.Timeout };
    public static readonly OptionSpec Stall = new("--stall", "DURATION", "Say so when nothing happens for that long; with :kill behind it, end the tree") { Setting = Setting.Stall };
    public static readonly OptionSpec Keep = new("--keep", "NAME", "Leave processes of that name, and what they started, alive when the command ends by itself (repeatable)") { Setting = Setting.Keep, IsRepeatable = true };
    public static readonly OptionSpec Preflight = new("--preflight", "MODE", "When the machine is not fit: error, wait, wait:DURATION, warn or off") { Setting = Setting.Preflight, Completions = ["error", "wait", "warn", "off"] };
    public static readonly OptionSpec MinFreeMemory = new("--min-free-memory", "SIZE", "Memory that must be free before it starts") { Setting = Setting.MinFreeMemory };
    public static readonly OptionSpec MaxLoad = new("--max-load", "X", "The one-minute load above which it does not start") { Setting = Setting.MaxLoad };
    public static readonly OptionSpec Lock = new("--lock", "NAME", "Whose turn to wait for: user, machine, or a name") { Setting = Setting.Lock, Completions = [LockName.User, LockName.Machine] };
    public static readonly OptionSpec Slots = new("--slots", "N", "How many operations may run at once under the lock") { Setting = Setting.Slots };
    public static readonly OptionSpec Report = new("--report", "FILE", "Write what came of it to a file, as JSON; a file that cannot be written is refused before anything starts");
    public static readonly OptionSpec Ci = new("--ci", "SERVICE", "Speak as the log of this build service wants it: github, azure, gitlab, plain or off; found out by default") { Completions = ["github", "azure", "gitlab", "plain", "off"] };
    public static readonly OptionSpec Quiet = new("--quiet", null, "Say nothing but warnings and errors") { Setting = Setting.Quiet };
    public static readonly OptionSpec Messages = new("--messages", "FILE", "Messages go to this file, as JSON Lines") { IsHidden = true };
    public static readonly OptionSpec WithParent = new("--with-parent", null, "End when the process that started the helper ends") { IsHidden = true };
    public static readonly OptionSpec Kind = new("--kind", "KIND", "What the operation is: exec, tests or run") { IsHidden = true };
    public static readonly OptionSpec SequentialTail = new("--sequential-tail", "N", "The last N arguments are left out where SequentialTests is off") { IsHidden = true };
    public static readonly OptionSpec Property = new("--property", "NAME=VALUE", "An MSBuild property, which ranks below the environment") { IsHidden = true, IsRepeatable = true };

    /// <summary>All of them, in the order of the help.</summary>
    public static readonly OptionSpec[] All =
    [
        Label, Memory, Processes, OpenFiles, Timeout, Stall, Keep, Preflight, MinFreeMemory, MaxLoad, Lock, Slots, Report, Ci, Quiet,
        Messages, WithParent, Kind, SequentialTail, Property,
    ];
}
