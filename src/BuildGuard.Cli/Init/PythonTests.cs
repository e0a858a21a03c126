namespace BuildGuard.Cli.Init;

/// <summary>Tests that pytest runs.</summary>
internal static class PythonTests
{
    /// <summary>What makes a folder a project of Python.</summary>
    private static readonly string[] s_projectFiles = ["pyproject.toml", "setup.cfg", "tox.ini", "setup.py", "Pipfile", "requirements.txt", "requirements-dev.txt"];

    /// <summary>One for each folder in which pytest is at home.</summary>
    public static IEnumerable<OtherTests> In(Survey survey)
    {
        string[] projects = [.. survey.Files.Where(file => s_projectFiles.Contains(Path.GetFileName(file)))];
        string[] homes = [.. projects.Select(OtherTests.FolderOf).Distinct()];
        OtherTests[] found =
        [
            .. survey.Files.Select(file => (File: file, Home: HomeOf(survey, file, homes))).Where(at => at.Home is not null)
                .GroupBy(at => at.Home!, at => at.File)
                .Select(home => new OtherTests(home.MinBy(file => file.Length)!, "pytest") { Folder = home.Key, IsSure = true }),
        ];

        // Started in the root it collects what is below, unless it is told where to look.
        bool isAll = Array.Exists(found, tests => tests.Folder.Length == 0) && !survey.PythonMentions("testpaths")
            && !survey.Files.Any(file => Survey.IsPytestFile(file) && OtherTests.FolderOf(file).Length == 0 && survey.Read(file)!.Contains("testpaths", StringComparison.Ordinal));
        return isAll ? found.Where(tests => tests.Folder.Length == 0) : found;
    }

    /// <summary>The folder in which pytest is to be started for a file of its; <c>null</c>: it is none of its.</summary>
    private static string? HomeOf(Survey survey, string file, string[] homes)
    {
        string folder = OtherTests.FolderOf(file), name = Path.GetFileName(file);
        return name == "conftest.py" ? homes.Where(home => OtherTests.IsIn(folder, home)).MaxBy(home => home.Length) ?? ""
            : Survey.IsPytestFile(file) || (s_projectFiles.Contains(name) && survey.IsSmall(file) && survey.Read(file)!.Contains("pytest", StringComparison.Ordinal)) ? folder
            : null;
    }
}
