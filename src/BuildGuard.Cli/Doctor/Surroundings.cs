using BuildGuard.Cli.Endings;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Init;
using BuildGuard.Cli.Programs;
using BuildGuard.Cli.Schedules;
using BuildGuard.Diagnostics;
using BuildGuard.Idling;

namespace BuildGuard.Cli.Doctor;

/// <summary>What <c>doctor</c> finds around itself.</summary>
/// <param name="Root">The root of the repository that it stands in; empty if it stands in none.</param>
/// <param name="Unseen">What of the repository was not looked at; empty if all of it was.</param>
/// <param name="References">Which versions of BuildGuard it names.</param>
/// <param name="Hooks">How its git hooks stand.</param>
/// <param name="NoHooks">Why git runs none, with the remedy, or why they were not looked at; empty if neither is so.</param>
/// <param name="Locks">Who uses which lock; <c>null</c>: a finding says why they were not looked at.</param>
/// <param name="Schedules">What reaps from time to time.</param>
/// <param name="Tools">Servers of the tool chain that may be leftovers. Not a finding: builds leave them on purpose.</param>
internal sealed record Surroundings(
    string Root,
    string Unseen,
    IReadOnlyList<VersionReference> References,
    IReadOnlyList<HookReport> Hooks,
    string NoHooks,
    IReadOnlyList<LockUse>? Locks,
    IReadOnlyList<Surroundings.ScheduleLook> Schedules,
    IReadOnlyList<IdleTool> Tools)
{
    /// <summary>A schedule that is there.</summary>
    /// <param name="Kind">Its name on the command line.</param>
    /// <param name="State">How it stands.</param>
    /// <param name="Missing">Why nothing starts it; empty where nothing is missing.</param>
    internal sealed record ScheduleLook(string Kind, ScheduleState State, string Missing);

    /// <summary>Looks. What is wrong becomes a finding.</summary>
    public static Surroundings Of(Composition composition, bool hasState, List<GuardMessage> findings)
    {
        GitAbsence? absence = null;
        GitRepository? repository = OrElse(() => GitRepository.Find(out absence), null);

        // There may be one that git does not tell of: its files are there all the same.
        string root = repository?.Top ?? (absence is { IsNone: false } ? GitRepository.RootAround(Composition.WorkingDirectory) : null) ?? "";
        bool isHidden = root.Length > 0 && repository is null;
        if (isHidden && absence!.HasGit)
        {
            findings.Add(Messages.HooksUnreadable(absence.Reason, absence.Remedy));
        }

        string unseen = "";
        IReadOnlyList<VersionReference> references = root.Length == 0 ? [] : OrElse(
            () =>
            {
                var survey = new Survey(root, bounds: SurveyBounds.Quick);
                IReadOnlyList<VersionReference> found = VersionReferences.In(survey, findings);
                unseen = survey.Unseen;
                return found;
            },
            []);
        return new Surroundings(
            root,
            unseen,
            references,
            repository is null ? [] : OrElse(() => new HookFolder(repository.Hooks, GuardProgram.Current).LookAtAll().Concat(UnusedHooks.Of(repository)).ToArray(), []),
            repository is { HasNoHooks: true } ? $"{repository.NoHooksReason}; to switch them on: {repository.NoHooksRemedy}" : isHidden ? $"not looked at: {absence!.Reason}" : "",
            hasState ? LockUses.Of(composition, findings) : null,
            [.. ScheduleKinds.All(ScheduledCommand.Current(idle: null))
                .Select(one => new ScheduleLook(one.Kind, OrElse(() => one.State, ScheduleState.Absent), one.Missing))
                .Where(one => one.State != ScheduleState.Absent)],
            hasState ? OrElse(() => IdleReaping.Look(composition, out _), []) : []);
    }

    /// <summary>What cannot be looked at, or changes meanwhile, is passed over: the rest is worth showing.</summary>
    private static T OrElse<T>(Func<T> look, T otherwise)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is GuardException or IOException or UnauthorizedAccessException)
        {
            return otherwise;
        }
    }
}
