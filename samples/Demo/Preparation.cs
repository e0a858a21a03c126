using System.Diagnostics;

namespace BuildGuard.Demo;

/// <summary>Packs BuildGuard, and restores and builds the sample with the package.</summary>
internal sealed class Preparation(InnerEnvironment environment, Place place)
{
    private const string PackageProject = "src/BuildGuard";

    public async Task RunAsync(CancellationToken stop)
    {
        await StepAsync("pack", place.Root, stop, "pack", PackageProject, "-c", "Release");
        environment.PackageVersion = PackedVersion();

        // The version says the same after every pack; the content does not.
        string restored = Path.Combine(place.SamplePackages, "buildguard");
        if (Directory.Exists(restored))
        {
            Directory.Delete(restored, recursive: true);
        }

        await StepAsync("restore and build the sample", place.Sample, stop, "build");
        await StepAsync("build its acceptance tests", place.Sample, stop, "build", "tests/Ledger.Acceptance.Tests");
    }

    private async Task StepAsync(string name, string folder, CancellationToken stop, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var actor = Actor.Start(0, name, "dotnet " + string.Join(' ', arguments),
            environment.Command(0, folder, InnerEnvironment.Dotnet, arguments));
        int exitCode = await actor.Completion.WaitAsync(stop);
        actor.WriteLog(place.Logs);
        if (exitCode != 0)
        {
            throw new DemoException(
                $"{actor.Command} ended with {exitCode}:\n{string.Join('\n', actor.Lines().TakeLast(20))}");
        }

        Console.WriteLine($"  {actor.Command}  ({clock.Elapsed.TotalSeconds:F1} s)");
    }

    private string PackedVersion()
    {
        const string prefix = "BuildGuard.";
        FileInfo package = new DirectoryInfo(place.Packages).EnumerateFiles(prefix + "*.nupkg")
            .Where(file => char.IsAsciiDigit(file.Name[prefix.Length]))
            .MaxBy(file => file.LastWriteTimeUtc)
            ?? throw new DemoException($"{place.Packages} holds no package after packing.");
        return Path.GetFileNameWithoutExtension(package.Name)[prefix.Length..];
    }
}
