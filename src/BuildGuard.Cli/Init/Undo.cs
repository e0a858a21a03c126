using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Programs;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Init;

/// <summary>What was taken back, or would be.</summary>
/// <param name="Lines">Each file, and the hooks.</param>
/// <param name="Remarks">What is left to do by hand.</param>
internal sealed record Undone(List<InitLine> Lines, List<string> Remarks);

/// <summary>Takes back what was written; what somebody changed since is kept and said.</summary>
internal static class Undo
{
    /// <summary>Does it.</summary>
    /// <param name="root">The root of the repository.</param>
    /// <param name="repository">What git tells of it; <c>null</c>: nothing.</param>
    /// <param name="dryRun">Whether only to say what would be done.</param>
    public static Undone Do(string root, GitRepository? repository, bool dryRun)
    {
        InitRecord record = InitRecord.Read(root);
        List<InitLine> lines = Files(root, record, dryRun);
        IReadOnlyList<WrittenHook> kept = HookStep.TakeBack(root, record.Hooks, repository, dryRun, lines);
        if (!dryRun)
        {
            (record with { Hooks = kept }).Write(root);
        }

        List<string> remarks = lines.Exists(line => line.IsKept)
            ? [$"for what is kept: take out by hand what init put in, and run 'init --undo' again; or remove {InitRecord.Name} to leave it as it is for good"]
            : [];
        if (LockFiles.AfterUndo(() => new Survey(root, repository), [.. lines.Where(line => !line.IsKept).Select(line => line.Path)]) is { } stale)
        {
            remarks.Add(stale);
        }

        return new Undone(lines, remarks);
    }

    /// <summary>The files. What is taken back is no longer in the record.</summary>
    private static List<InitLine> Files(string root, InitRecord record, bool dryRun)
    {
        var done = new List<InitLine>();
        foreach (WrittenFile file in record.Files.ToArray())
        {
            string path = Path.Combine(root, file.Path);
            if (!dryRun)
            {
                WholeFile.Tidy(path);
            }

            if (!File.Exists(path))
            {
                done.Add(new InitLine(file.Path, "is gone already", ""));
            }
            else if (ByteText.Read(path) is var there && there == file.Before)
            {
                // Somebody else took it back, or the writing never came to it.
                done.Add(new InitLine(file.Path, "is as it was before", ""));
            }
            else if (!file.Wrote(Checksum.Of(ByteText.ToBytes(there))))
            {
                done.Add(new InitLine(file.Path, "was changed since and is kept", "", IsKept: true));
                continue;
            }
            else
            {
                done.Add(new InitLine(file.Path, file.Before is null ? "removed" : "as it was before", ""));
                if (!dryRun)
                {
                    TakeBack(root, path, file.Before);
                }
            }

            if (!dryRun)
            {
                record.Files.Remove(file);
            }
        }

        return done;
    }

    private static void TakeBack(string root, string path, string? before)
    {
        if (before is not null)
        {
            ForeignFile.Write(ForeignFile.Behind(path), ByteText.ToBytes(before));
            return;
        }

        File.Delete(path);
        for (string folder = Path.GetDirectoryName(path)!; folder.Length > root.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
        {
            Directory.Delete(folder);
        }
    }
}
