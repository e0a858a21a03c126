using BuildGuard.Audit;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Runs;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Idling;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;
using BuildGuard.Preflight;
using BuildGuard.Processes;
using BuildGuard.Settings;
using BuildGuard.Watching;

namespace BuildGuard.Cli;

/// <summary>Wires Core to the platform. Everything is made when it is first needed: a verb pays for what it uses.</summary>
internal sealed class Composition
{
    private LinuxMachine? _machine;
    private LinuxProcessTable? _processes;
    private IContainment? _containment;
    private ShownCommands? _shown;

    /// <summary>The value of an environment variable.</summary>
    public static Func<string, string?> Variables { get; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Where the state lives.</summary>
    public string StateDirectoryPath { get => field ??= StateDirectory.Choose(Variables); init; }

    /// <summary>Where everything lies inside it.</summary>
    public StateLayout Layout => new(StateDirectoryPath, StateDirectory.MachineDirectory(Variables));

    /// <summary>The machine.</summary>
    public IMachine Machine => LinuxMachine;

    /// <summary>The settings of this run.</summary>
    public SettingsResolver Resolver => new(Variables, new SettingsFiles(), Machine.Facts);

    /// <summary>The files of the state directory.</summary>
    public IStateFiles StateFiles { get; } = new UnixStateFiles();

    /// <summary>The files of the audit trail.</summary>
    public IAuditFiles AuditFiles { get; } = new UnixAuditFiles();

    /// <summary>Reads the lease tree.</summary>
    public TreeReader Viewer => new(StateFiles, Layout, ProcessTable, ShownCommands);

    /// <summary>What may be shown of command lines.</summary>
    public ShownCommands ShownCommands => _shown ??= new(() => MayRecordCommands(() => Settings([])), () => Processes.UserName);

    /// <summary>Reads the lease tree for a run whose settings are known.</summary>
    public TreeReader ViewerOf(GuardSettings settings) =>
        new(StateFiles, Layout, ProcessTable, new ShownCommands(() => settings.RecordCommands, () => Processes.UserName));

    /// <summary>
    /// Makes sure that what a viewer is about to show can be read: what cannot would look as if nobody held or waited.
    /// </summary>
    /// <exception cref="GuardException">BG0010 or BG0011: the state directory, or that of the lock, cannot be read.</exception>
    public void RequireReadable(string? lockName = null)
    {
        UnixStateFiles.RequireReadable(Layout.Root, shared: false);
        if (lockName is not null)
        {
            UnixStateFiles.RequireReadable(Layout.Locks, shared: false);
            UnixStateFiles.RequireReadable(Layout.NodeOf(lockName), Layout.IsShared(lockName));
        }
    }

    /// <summary>The same for a verb that looks at every lock. The shared one is others' too, and lists to each what is theirs.</summary>
    /// <exception cref="GuardException">BG0010 or BG0011: the state directory, or that of a lock of one's own, cannot be read.</exception>
    public void RequireLocksReadable()
    {
        RequireReadable();
        UnixStateFiles.RequireReadable(Layout.Locks, shared: false);
        foreach (string name in Layout.LockNames(StateFiles))
        {
            if (!Layout.IsShared(name))
            {
                UnixStateFiles.RequireReadable(Layout.NodeOf(name), shared: false);
            }
        }
    }

    /// <summary>Running processes.</summary>
    public IProcessTable Processes => ProcessTable;

    /// <summary>Processes of the tool chain that wait for a next build.</summary>
    public IToolProcesses Tools => new ToolProcesses(ProcessTable);

    /// <summary>Unguarded processes that the configuration allows to end.</summary>
    public INamedProcesses Named => new NamedProcesses(ProcessTable);

    /// <summary>Signals to running processes.</summary>
    public IProcessSignals Signals => new ProcessSignal(ProcessTable);

    /// <summary>How process trees are contained here.</summary>
    public IContainment Containment => _containment ??= new LinuxContainment(
        StateDirectoryPath, ProcessTable, StateDirectory.MachineDirectory(Variables), LinuxMachine);

    private LinuxMachine LinuxMachine => _machine ??= new LinuxMachine();

    private LinuxProcessTable ProcessTable => _processes ??= new LinuxProcessTable();

    /// <summary>The working directory; <c>null</c>: somebody removed it, or this program may not know it.</summary>
    public static string? WorkingDirectory
    {
        get
        {
            try
            {
                return System.Environment.CurrentDirectory;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Resolves the settings of a verb.</summary>
    public GuardSettings Settings(ReadOnlySpan<SettingInput> options) => Resolver.Resolve(options, [], WorkingDirectory);

    /// <summary>Resolves the settings of <c>run</c> or <c>session</c>.</summary>
    /// <param name="line">Its command line.</param>
    /// <param name="directory">The directory from which <c>buildguard.json</c> is looked for; the working directory by default.</param>
    public GuardSettings Settings(ParsedLine line, string? directory = null) =>
        Resolver.Resolve(line.Settings(), line.All(RunOptions.Property), directory ?? WorkingDirectory);

    /// <summary>The audit trail.</summary>
    public AuditTrail Audit(GuardSettings settings, IMessageSink messages) =>
        new(AuditFiles, TimeProvider.System, messages, StateDirectoryPath, settings.RecordCommands);

    /// <summary>
    /// The audit trail for what must go on although the settings cannot be understood. Whose settings those are is not believed
    /// to allow that command lines be recorded.
    /// </summary>
    public AuditTrail AuditAnyway(IMessageSink messages, Func<GuardSettings>? settings = null) =>
        Audit(new GuardSettings { RecordCommands = MayRecordCommands(settings ?? (() => Settings([]))) }, messages);

    /// <summary>Whether settings can be understood, and allow that command lines be recorded.</summary>
    public static bool MayRecordCommands(Func<GuardSettings> settings)
    {
        try
        {
            return settings().RecordCommands;
        }
        catch (GuardException)
        {
            return false;
        }
    }

    /// <summary>The innermost live lease that this program stands in; <c>null</c> if it stands in none.</summary>
    public LeaseId? Innermost() => new EnclosingLease(StateFiles, Layout, Processes).Find(Participant.LeaseVariable);

    /// <summary>Ends what dead holders left.</summary>
    public Reaper Reaper(IMessageSink messages) =>
        new(StateFiles, new LeftoverEnding(Containment, Signals, AuditAnyway(messages), messages), Layout);

    /// <summary>Ends what is guarded.</summary>
    /// <param name="verb">Who does it.</param>
    /// <param name="shortage">The shortage of memory for which it is done; <c>null</c>: for another reason.</param>
    public EmergencyStop EmergencyStop(string verb, MemoryShortage? shortage = null) =>
        new(StateFiles, Layout, Viewer, Processes, Signals, Reaper(MessageSink.Silent), verb) { Shortage = shortage };

    /// <summary>Those that hold or wait though no ticket tells of it.</summary>
    public UnrecordedHolders UnrecordedHolders => new(StateFiles, Layout, Viewer, Processes, Signals);
}
