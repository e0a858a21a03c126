using System.Text;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Hooks;

/// <summary>
/// The folders that the guard was put into because <c>core.hooksPath</c> named them: it may name another one since, and then nothing
/// in the repository leads there. A file of git's own directory, a folder a line. It only says where to look: what stands there counts.
/// </summary>
/// <param name="commonDirectory">Git's own directory, which all working trees share.</param>
internal sealed class HookNotes(string commonDirectory)
{
    /// <summary>Whoever works in the repository reads it, as git's own files.</summary>
    private const UnixFileMode ForAll = WholeFile.Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private string File => Path.Combine(commonDirectory, "buildguard-hooks");

    /// <summary>The folders; none where the file cannot be read.</summary>
    public IReadOnlyList<string> Read()
    {
        try
        {
            return System.IO.File.Exists(File) ? [.. System.IO.File.ReadAllLines(File).Where(line => line.Length > 0).Select(FolderOf).Where(Directory.Exists).Distinct()] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Writes them anew; without one there is no file. What cannot be written leaves them as they are.</summary>
    public void Write(IEnumerable<string> folders)
    {
        string[] lines = [.. folders.Distinct().Where(folder => !folder.Contains('\n', StringComparison.Ordinal)).Select(LineOf)];
        try
        {
            if (lines.Length > 0)
            {
                WholeFile.Replace(File, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), ForAll);
            }
            else
            {
                System.IO.File.Delete(File);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    /// <summary>Beside git's own directory by the way from there: a repository that was moved keeps its hooks.</summary>
    private string LineOf(string folder) =>
        folder.StartsWith(Path.GetDirectoryName(commonDirectory) + "/", StringComparison.Ordinal) ? Path.GetRelativePath(commonDirectory, folder) : folder;

    private string FolderOf(string line) => Path.GetFullPath(Path.Combine(commonDirectory, line));
}
