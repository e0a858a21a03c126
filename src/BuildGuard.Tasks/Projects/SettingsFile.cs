namespace BuildGuard.Tasks.Projects;

/// <summary>The file with settings that the helper reads. The tasks only look which directories have the same one.</summary>
internal static class SettingsFile
{
    private const string Name = "buildguard.json";

    /// <summary>The nearest directory with such a file, from one upwards; its root where there is none.</summary>
    public static string DirectoryFor(string directory)
    {
        while (!File.Exists(Path.Combine(directory, Name)) && Path.GetDirectoryName(directory) is { } parent)
        {
            directory = parent;
        }

        return directory;
    }
}
