using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildGuard.Demo;

/// <summary>The program <c>buildguard</c> of the package that was restored.</summary>
internal sealed class Guard(InnerEnvironment environment, Place place, string program)
{
    public string Program => program;

    /// <summary>The program inside the restored package, for this machine.</summary>
    public static Guard Of(InnerEnvironment environment, Place place)
    {
        string tools = Path.Combine(place.SamplePackages, "buildguard", environment.PackageVersion!, "tools");
        string program = Platforms().Select(platform => Path.Combine(tools, platform, "buildguard")).FirstOrDefault(File.Exists)
            ?? throw new DemoException($"{tools} holds no program for {string.Join(" or ", Platforms())}.");
        return new Guard(environment, place, program);
    }

    /// <summary>Who holds what, and who waits.</summary>
    public async Task<GuardStatus> StatusAsync() => GuardStatus.Parse(await RunAsync("status", "--json"));

    /// <summary>The audit trail.</summary>
    public async Task<IReadOnlyList<AuditEvent>> LogAsync() => AuditEvent.Parse(await RunAsync("log", "--json"));

    // An SDK that a distribution built calls the platform by the distribution's name.
    private static IEnumerable<string> Platforms()
    {
        string name = RuntimeInformation.RuntimeIdentifier;
        bool musl = name.Contains("musl", StringComparison.Ordinal) || name.StartsWith("alpine", StringComparison.Ordinal);
        string architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        return new[] { name, $"{(musl ? "linux-musl" : "linux")}-{architecture}" }.Distinct();
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(environment.Command(0, place.Work, program, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new DemoException($"buildguard {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }
}
