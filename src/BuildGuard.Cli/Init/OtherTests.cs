namespace BuildGuard.Cli.Init;

/// <summary>Tests that are not of .NET.</summary>
/// <param name="File">The file that tells of them, from the root.</param>
/// <param name="Command">What runs them; empty where the file cannot be read.</param>
internal sealed record OtherTests(string File, string Command)
{
    /// <summary>Folders in which a file belongs to what is tested, or to somebody else.</summary>
    private static readonly string[] s_passedOver = ["testdata", "fixtures", "__fixtures__", "vendor", "third_party", "node_modules", "target"];

    /// <summary>
    /// Whether the command is what runs them, by the rules of the tool or the words of the repository, and so may be written. What
    /// only its owner knows is named instead.
    /// </summary>
    public bool IsSure { get; init; }

    /// <summary>Why it is only named, where that is not plain to see.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The folder in which the command is started, from the root; empty for the root.</summary>
    public string Folder { get; init; } = FolderOf(File);

    /// <summary>All of them, those of the root first.</summary>
    public static IReadOnlyList<OtherTests> In(Survey survey)
    {
        OtherTests[] found =
        [
            .. PythonTests.In(survey).Concat(NodeTests.In(survey)).Concat(NativeTests.In(survey))
                .Where(tests => !tests.File.Split('/')[..^1].Any(s_passedOver.Contains))
                .OrderBy(tests => tests.Folder.Length > 0),
        ];
        bool isMakeAlone = survey.Projects.Count == 0 && !Array.Exists(found, RepositoryCommands.IsWritten);
        return isMakeAlone ? found : [.. NativeTests.OfMake(survey), .. found];
    }

    /// <summary>The line for whoever runs them by hand.</summary>
    public string ByHand => $"{(Folder.Length > 0 ? $"cd {Word(Folder)} && " : "")}buildguard run -- {Command}";

    /// <summary>The folder of a file, from the root; empty for the root.</summary>
    public static string FolderOf(string file) => file.LastIndexOf('/') is > 0 and var end ? file[..end] : "";

    /// <summary>Whether a folder is another one, or inside it.</summary>
    public static bool IsIn(string folder, string other) => other.Length == 0 || folder == other || folder.StartsWith(other + "/", StringComparison.Ordinal);

    private static string Word(string folder) =>
        folder.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '_' or '-') && !folder.StartsWith('-') ? folder : Diagnostics.ShellWord.Quote("./" + folder);
}
