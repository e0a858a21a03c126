using static BuildGuard.Leases.Tests.SharedQueue;

namespace BuildGuard.Leases.Tests;

/// <summary>Two users, each with a state directory, and the directory that they share.</summary>
internal sealed class SharedUsers : IDisposable
{
    private readonly StateDirectory _state = new();
    private readonly string _shared;

    private SharedUsers(string below)
    {
        Shell.Run("chmod", "711", _state.Path);
        One = Own(_state, "one", "65534");
        Two = Own(_state, "two", "65533");
        Roots = Own(_state, "roots", "0");
        _shared = $"{below}/buildguard-shared-{Guid.NewGuid():N}";
        Directory.CreateDirectory(_shared);
        Shell.Run("chmod", "1777", _shared);
    }

    public string One { get; }

    public string Two { get; }

    public string Roots { get; }

    public string Queue => _shared + "/machine";

    public string Options => $"--machine {Queue} --lock machine";

    public static SharedUsers Make(string below)
    {
        if (!Shell.TryRun("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", "--list-runtimes"))
        {
            Assert.Inconclusive("cannot run .NET as another user here (it takes root)");
        }

        return new SharedUsers(below);
    }

    public string InQueue() => string.Join(' ', Directory.EnumerateFileSystemEntries(Queue).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    public void Dispose()
    {
        Directory.Delete(_shared, recursive: true);
        _state.Dispose();
    }
}
