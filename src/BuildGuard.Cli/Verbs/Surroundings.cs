using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Init;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using NuGet.Versioning;

namespace BuildGuard.Cli.Verbs;

/// <summary>What <c>doctor</c> finds around itself: the repository that it stands in, and who shares its locks.</summary>
/// <param name="Root">The root of the repository; empty if it stands in none.</param>
/// <param name="References">What references the package there.</param>
/// <param name="Locks">Who uses which lock.</param>
internal sealed record Surroundings(string Root, IReadOnlyList<Surroundings.Reference> References, IReadOnlyList<Surroundings.LockUse> Locks)
{
    /// <summary>A reference to the package.</summary>
    /// <param name="File">From the root.</param>
    /// <param name="Version">As it is written; empty if it stands elsewhere.</param>
    /// <param name="Remark">How it compares with this program.</param>
    internal sealed record Reference(string File, string Version, string Remark);

    /// <summary>Who uses a lock.</summary>
    /// <param name="Name">The lock.</param>
    /// <param name="Leases">How many leases are held under it, those inside others included.</param>
    /// <param name="Waiting">How many wait.</param>
    /// <param name="Users">Whose they are.</param>
    /// <param name="Versions">Of which versions the programs are that hold or wait.</param>
    internal sealed record LockUse(string Name, int Leases, int Waiting, IReadOnlyList<string> Users, IReadOnlyList<string> Versions);

    /// <summary>Looks. What is wrong becomes a finding.</summary>
    public static Surroundings Of(Composition composition, bool hasState, List<GuardMessage> findings)
    {
        string root = RootOrNone();
        IReadOnlyList<Reference> references = root.Length > 0 ? ReferencesIn(root) : [];
        NuGetVersion[] versions = [.. references.Select(one => NuGetVersion.TryParse(one.Version, out NuGetVersion? version) ? version : null).OfType<NuGetVersion>().Distinct().Order()];
        if (versions.Length > 1)
        {
            findings.Add(Messages.MixedVersions(versions[0].ToNormalizedString(), versions[^1].ToNormalizedString()));
        }

        return new Surroundings(root, references, hasState ? LocksOf(composition, findings) : []);
    }

    private static string RootOrNone()
    {
        try
        {
            return GitRepository.FindOrNone()?.Top ?? "";
        }
        catch (GuardException)
        {
            // Without git nobody knows where the repository ends.
            return "";
        }
    }

    private static List<Reference> ReferencesIn(string root)
    {
        try
        {
            var survey = new Survey(root);
            return
            [
                .. from file in survey.MSBuildFiles
                   let text = ReadOrNothing(survey, file)
                   from place in MSBuildText.FindVersions(text, PackageStep.Package)
                   select new Reference(file, text[place], RemarkOf(text[place])),
            ];
        }
        catch (IOException)
        {
            // It changes while it is looked at.
            return [];
        }
    }

    private static string ReadOrNothing(Survey survey, string file)
    {
        try
        {
            return survey.Read(file) ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string RemarkOf(string version)
    {
        int order = NuGetVersion.TryParse(version, out NuGetVersion? there) ? there.CompareTo(NuGetVersion.Parse(CommandTree.Version)) : 0;
        return order switch
        {
            < 0 => "older than this program; 'buildguard init' raises it",
            > 0 => "newer than this program; update this one",
            _ => "",
        };
    }

    private static List<LockUse> LocksOf(Composition composition, List<GuardMessage> findings)
    {
        var uses = new List<LockUse>();
        try
        {
            foreach (string name in composition.Layout.LockNames(composition.StateFiles).Order(StringComparer.Ordinal))
            {
                TreeSnapshot tree = composition.Viewer.Look(name);
                LeaseRecord[] records = [.. tree.Leases.Select(lease => lease.Record), .. tree.Queue.Select(ticket => ticket.Record)];
                uses.Add(new LockUse(
                    name,
                    tree.Leases.Count,
                    tree.Queue.Count,
                    [.. records.Select(record => record.User).Distinct().Order(StringComparer.Ordinal)],
                    [.. records.Select(record => record.Version).OfType<string>().Distinct().Order(StringComparer.Ordinal)]));
            }

            IReadOnlyList<DeadLease> dead = composition.Reaper(MessageSink.Silent).Find();
            if (dead.Count > 0)
            {
                findings.Add(Messages.DeadLeases([.. dead.Select(lease => lease.Content.Record.Label)]));
            }
        }
        catch (GuardException e)
        {
            if (!findings.Exists(finding => finding.Code == e.Problem.Code))
            {
                findings.Add(e.Problem);
            }
        }

        return uses;
    }
}
