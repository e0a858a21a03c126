namespace BuildGuard.Demo;

/// <summary>Where everything lies. All that the demonstration writes is under <c>artifacts/</c>.</summary>
internal sealed class Place
{
    private Place(string root) => Root = root;

    public string Root { get; }

    public string Artifacts => Path.Combine(Root, "artifacts");

    public string Packages => Path.Combine(Artifacts, "packages");

    /// <summary>What the sample restores into, as its nuget.config says.</summary>
    public string SamplePackages => Path.Combine(Artifacts, "sample-packages");

    /// <summary>A copy of the sample. It lies as deep as the original, so that its relative paths hold.</summary>
    public string Sample => Path.Combine(Artifacts, "IncidentReplay");

    public string Work => Path.Combine(Artifacts, "demo");

    public string State => Path.Combine(Work, "state");

    public string Logs => Path.Combine(Work, "logs");

    /// <summary>Where the steps of one phase record when they ran.</summary>
    public string Trace(string phase) => Path.Combine(Work, "trace-" + phase);

    /// <summary>The repository that the script, or else the working directory, lies in.</summary>
    public static Place Find()
    {
        string start = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? Environment.CurrentDirectory;
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "samples", "IncidentReplay")))
            {
                return new Place(folder.FullName);
            }
        }

        throw new DemoException($"{start} lies in no clone of the BuildGuard repository.");
    }

    /// <summary>Removes what an earlier demonstration left, and copies the sample.</summary>
    public void Clear()
    {
        foreach (string folder in (string[])[State, Logs, Sample, Trace("guarded"), Trace("unguarded")])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Directory.CreateDirectory(Logs);
        Copy(new DirectoryInfo(Path.Combine(Root, "samples", "IncidentReplay")), Sample);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (DirectoryInfo folder in from.EnumerateDirectories().Where(f => f.Name is not ("bin" or "obj" or "TestResults")))
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }
    }
}

/// <summary>The demonstration cannot go on; the text says why.</summary>
internal sealed class DemoException(string message) : Exception(message);
