namespace BuildGuard.Stress;

/// <summary>The files of one run.</summary>
internal sealed class Arena(int slots, string? taker) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("buildguard-stress-").FullName;

    public int Slots => slots;

    public string? Taker => taker;

    public string State => _root + "/state";

    public string Witness => _root + "/witness";

    public string Log => _root + "/log";

    /// <summary>When this file is there, contenders end after their lease.</summary>
    public string End => _root + "/end";

    /// <summary>What is left of tickets.</summary>
    public string[] Leftovers() => [.. Directory.EnumerateFileSystemEntries(State + "/locks/user").Where(f => Path.GetFileName(f) != "mutex")];

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
