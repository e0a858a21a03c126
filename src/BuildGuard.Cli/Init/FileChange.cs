using BuildGuard.Cli.Programs;
namespace BuildGuard.Cli.Init;

/// <summary>A file that is to be written. Text is bytes, one character each, so that nothing else of a file changes.</summary>
/// <param name="Path">From the root of the repository, with forward slashes.</param>
/// <param name="Before">What it holds; <c>null</c> if it is not there.</param>
/// <param name="After">What it is to hold.</param>
/// <param name="Reason">What for.</param>
internal sealed record FileChange(string Path, string? Before, string After, string Reason);

/// <summary>What is to be done to a repository.</summary>
/// <param name="Changes">The files, each once.</param>
/// <param name="Remarks">What is left as it is, and what is left to do by hand.</param>
/// <param name="Unguarded">Projects that will not be guarded, as far as is known.</param>
internal sealed record InitPlan(List<FileChange> Changes, List<string> Remarks, List<string> Unguarded)
{
    /// <summary>The first of some, and how many more there are.</summary>
    public static string Count(IReadOnlyList<string> projects) => projects.Count == 1 ? projects[0] : $"{projects[0]} and {projects.Count - 1} more";

    /// <summary>What a file is to hold so far; <c>null</c> if no step changes it.</summary>
    public string? After(string path) => Changes.Find(change => change.Path == path)?.After;

    /// <summary>Adds a change, or puts it in the place of the one that an earlier step has of the file.</summary>
    public void Put(FileChange change)
    {
        int index = Changes.FindIndex(earlier => earlier.Path == change.Path);
        if (index < 0)
        {
            Changes.Add(change);
        }
        else
        {
            Changes[index] = Changes[index] with { After = change.After };
        }
    }

    /// <summary>Adds a file, unless there is one: that is somebody's own.</summary>
    public void AddNew(Survey survey, string path, string text, string reason)
    {
        string content = ByteText.Of(text);
        if (Directory.Exists(Path.Combine(survey.Root, path)))
        {
            Remarks.Add($"{path} is a folder and stays as it is");
        }
        else if (survey.Read(path) is not { } there)
        {
            Changes.Add(new FileChange(path, null, content, reason));
        }
        else if (there != content)
        {
            Remarks.Add($"{path} is there already and stays as it is");
        }
    }
}
