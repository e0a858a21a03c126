using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>Takes back what was written; what somebody changed since is kept and said.</summary>
internal static class Undo
{
    /// <summary>Does it.</summary>
    /// <param name="root">The root of the repository.</param>
    /// <param name="record">What was written. What is taken back is no longer in it.</param>
    /// <param name="dryRun">Whether only to say what would be done.</param>
    /// <returns>For each file what was done, and whether it was kept.</returns>
    public static List<(string Path, string Change, bool IsKept)> Do(string root, InitRecord record, bool dryRun)
    {
        var done = new List<(string, string, bool)>();
        foreach (WrittenFile file in record.Files.ToArray())
        {
            string path = Path.Combine(root, file.Path);
            if (!dryRun)
            {
                ForeignFile.Tidy(path);
            }

            if (!File.Exists(path))
            {
                done.Add((file.Path, "is gone already", false));
            }
            else if (ByteText.Read(path) is var there && there == file.Before)
            {
                // Somebody else took it back, or the writing never came to it.
                done.Add((file.Path, "is as it was before", false));
            }
            else if (Checksum.Of(ByteText.ToBytes(there)) != file.Sum)
            {
                done.Add((file.Path, "was changed since and is kept", true));
                continue;
            }
            else
            {
                done.Add((file.Path, file.Before is null ? "removed" : "as it was before", false));
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
