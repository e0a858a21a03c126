using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;
using BuildGuard.Preflight;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Doctor;

/// <summary>Everything that <c>doctor</c> looks at.</summary>
internal sealed record Examination
{
    /// <summary>A state directory with less room than this is reported, in bytes: the trail alone may take five times 8 MB.</summary>
    private const long ScarceBytes = 64L << 20;

    public required Rung? Rung { get; init; }

    public required IReadOnlyList<RungRefusal> Refusals { get; init; }

    public required MachineFacts Facts { get; init; }

    public required MachineState State { get; init; }

    public required string StateDirectory { get; init; }

    public required long StateFreeBytes { get; init; }

    public required IReadOnlyList<SettingInput> Settings { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required string ClockRemark { get; init; }

    public required Surroundings Around { get; init; }

    public required IReadOnlyList<GuardMessage> Findings { get; init; }

    /// <summary>Looks. What is wrong becomes a finding; nothing is thrown for it.</summary>
    public static Examination Of(Composition composition)
    {
        var findings = new List<GuardMessage>();
        GuardSettings settings = SettingsOf(composition, findings);
        findings.AddRange(Variables.Complaints(EnvironmentNames.StartingWith("BUILDGUARD_"u8), MessageLevel.Warning));
        string stateDirectory = StateDirectoryOf(composition, findings, out long free);
        bool hasTrail = stateDirectory.Length > 0 && HasTrail(composition, stateDirectory, findings);
        IContainment? containment = ContainmentOf(composition, settings, findings);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new Examination
        {
            Rung = containment?.Rung,
            Refusals = containment?.Refusals ?? [],
            Facts = composition.Machine.Facts(),
            State = composition.Machine.Look(),
            StateDirectory = stateDirectory,
            StateFreeBytes = free,
            Settings = settings.Inputs,
            Now = now,
            Around = Surroundings.Of(composition, hasTrail, findings),
            ClockRemark = hasTrail ? ClockRemarkOf(composition, now) : "",
            Findings = findings,
        };
    }

    private static GuardSettings SettingsOf(Composition composition, List<GuardMessage> findings)
    {
        try
        {
            if (composition.Resolver.IsDisabled())
            {
                findings.Add(Messages.Disabled("BUILDGUARD_DISABLE"));
            }

            return composition.Settings([]);
        }
        catch (GuardException e)
        {
            findings.Add(e.Problem);
            return new GuardSettings();
        }
    }

    private static IContainment? ContainmentOf(Composition composition, GuardSettings settings, List<GuardMessage> findings)
    {
        try
        {
            IContainment containment = composition.Containment;
            if (containment.Weaknesses(settings.ToLimits()) is { Count: > 0 } weaknesses)
            {
                findings.Add(Messages.WeakerContainment(containment.Rung, weaknesses));
            }

            return containment;
        }
        catch (GuardException e)
        {
            findings.Add(e.Problem);
            return null;
        }
    }

    private static string StateDirectoryOf(Composition composition, List<GuardMessage> findings, out long free)
    {
        free = 0;
        string path = "";
        try
        {
            path = composition.StateDirectoryPath;
            composition.StateFiles.EnsureDirectory(path, shared: false);
            composition.StateFiles.EnsureDirectory(path + "/locks", shared: false);
            ProveWritable(composition, path);
            if (UnixStateFiles.ModeOpenToOthers(path) is { } mode)
            {
                findings.Add(Messages.StateOpenToOthers(path, mode));
            }

            free = new DriveInfo(path).AvailableFreeSpace;
            if (free < ScarceBytes)
            {
                findings.Add(Messages.UnwritableState(path, $"only {Size.ToText(free)} are free on its disk"));
            }
        }
        catch (GuardException e)
        {
            findings.Add(e.Problem);
        }
        catch (IOException)
        {
            findings.Add(Messages.UnwritableState(path, "the free space of its disk cannot be told"));
        }

        return path;
    }

    /// <summary>A file is made, locked, written and removed: what every operation does there.</summary>
    private static void ProveWritable(Composition composition, string directory)
    {
        string path = $"{directory}/doctor-{Environment.ProcessId}";
        composition.StateFiles.Delete(path);
        using (Leases.LockFile file = composition.StateFiles.Create(path))
        {
            file.LockExclusive();
            file.Write("doctor"u8, 0);
        }

        composition.StateFiles.Delete(path);
    }

    /// <summary>
    /// Whether the audit trail can be written and read. It is opened as for a record, without adding one. Where the state
    /// directory itself cannot be used that is the finding, and not what follows from it.
    /// </summary>
    private static bool HasTrail(Composition composition, string directory, List<GuardMessage> findings)
    {
        if (!Directory.Exists(directory))
        {
            return false;
        }

        string path = AuditTrail.PathIn(directory);
        try
        {
            composition.AuditFiles.Append(path, []);
            using Stream? trail = composition.AuditFiles.OpenRead(path);
            return true;
        }
        catch (IOException e)
        {
            findings.Add(Messages.AuditUnwritable(path, e.Message));
        }
        catch (GuardException e)
        {
            findings.Add(e.Problem);
        }

        return false;
    }

    /// <summary>The order of the queue never depends on the clock, so a clock that went back is worth a remark, not a finding.</summary>
    private static string ClockRemarkOf(Composition composition, DateTimeOffset now)
    {
        DateTimeOffset last = new AuditReader(composition.AuditFiles, composition.StateDirectoryPath).ReadAll()
            .Aggregate(DateTimeOffset.MinValue, (latest, record) => record.Time > latest ? record.Time : latest);
        return last > now + TimeSpan.FromSeconds(5)
            ? $"{Duration.ToAge(last - now)} behind the last entry of the log: it was set back"
            : "";
    }
}
