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
internal sealed record InitPlan(List<FileChange> Changes, List<string> Remarks)
{
    /// <summary>Adds a file, unless there is one: that is somebody's own.</summary>
    public void AddNew(Survey survey, string path, string text, string reason)
    {
        string content = ByteText.Of(text);
        if (survey.Read(path) is not { } there)
        {
            Changes.Add(new FileChange(path, null, content, reason));
        }
        else if (there != content)
        {
            Remarks.Add($"{path} is there already and stays as it is");
        }
    }
}
