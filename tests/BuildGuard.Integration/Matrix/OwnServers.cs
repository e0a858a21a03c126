using System.Diagnostics;

namespace BuildGuard.Integration.Matrix;

/// <summary>The nodes and servers of MSBuild that the commands of one workspace start, and nobody else talks to.</summary>
internal sealed class OwnServers
{
    private readonly string _mark;

    /// <summary>From now on they are those of that workspace alone.</summary>
    public OwnServers(Workspace workspace)
    {
        var salt = Guid.NewGuid().ToString("N");
        workspace.Environment["MSBUILDNODEHANDSHAKESALT"] = salt;
        _mark = "MSBUILDNODEHANDSHAKESALT=" + salt;
    }

    /// <summary>Those that run now.</summary>
    public IReadOnlyList<int> Running() => [.. ProcessStat.StartedWith(_mark)
        .Where(process => process.Arguments.Any(argument => argument.StartsWith("/nodemode", StringComparison.OrdinalIgnoreCase)))
        .Select(process => process.Id)];

    /// <summary>Ends them.</summary>
    public void End()
    {
        foreach (var id in Running())
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }
    }
}
