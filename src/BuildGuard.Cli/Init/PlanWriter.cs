using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Init;

/// <summary>Writes what was planned, and what is needed to take it back.</summary>
internal static class PlanWriter
{
    /// <summary>Does it, if everything is still as it was when it was planned: somebody may have edited a file while a question stood there.</summary>
    /// <exception cref="GuardException">BG0022: somebody has.</exception>
    public static void Write(Survey survey, InitPlan plan, HookStep hooks)
    {
        if (plan.Changes.Find(change => survey.Read(change.Path) != change.Before) is { } other)
        {
            throw new GuardException(Messages.InitFailed($"{other.Path} was changed by somebody else meanwhile; nothing was written", "run it again"));
        }

        string root = survey.Root;
        InitRecord record = InitRecord.Read(root);
        foreach (FileChange change in plan.Changes)
        {
            // First the record: what is written and not known could not be taken back.
            record.Add(change);
            record.Write(root);
            string path = Path.Combine(root, change.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ForeignFile.Write(ForeignFile.Behind(path), ByteText.ToBytes(change.After));
        }

        if (hooks.Wanted.Count > 0)
        {
            (record with { Hooks = [.. record.Hooks.Union(hooks.Wanted)] }).Write(root);
            hooks.Install();
        }
    }
}
