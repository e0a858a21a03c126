using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildGuard.Demo;

/// <summary>The program <c>buildguard</c> of the package that was restored.</summary>
internal sealed class Guard
{
    private readonly InnerEnvironment _environment;
    private readonly Place _place;
    private readonly string _program;
    private readonly string[] _leading;

    private Guard(InnerEnvironment environment, Place place, string program, params string[] leading)
    {
        _environment = environment;
        _place = place;
        _program = program;
        _leading = leading;
    }

    /// <summary>How it came into the package.</summary>
    public string Form => _leading.Length == 0 ? "native" : "framework-dependent";

    /// <summary>
    /// The program inside the restored package: native if there is one for this machine, else for any; <c>null</c> if
    /// there is none.
    /// </summary>
    public static Guard? Find(InnerEnvironment environment, Place place)
    {
        string tools = Path.Combine(place.SamplePackages, "buildguard", environment.PackageVersion ?? "", "tools");
        string name = RuntimeInformation.RuntimeIdentifier;
        bool musl = name.Contains("musl", StringComparison.Ordinal) || name.StartsWith("alpine", StringComparison.Ordinal);
        string platform = $"{(musl ? "linux-musl" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        string native = Path.Combine(tools, platform, "buildguard");
        string managed = Path.Combine(tools, "any", "buildguard.dll");

        // With an assembly beside it the file is only a launcher, which may not find the runtime that runs this.
        return File.Exists(native) && !File.Exists(native + ".dll") ? new Guard(environment, place, native)
            : File.Exists(managed) ? new Guard(environment, place, InnerEnvironment.Dotnet, "exec", managed)
            : null;
    }

    /// <summary>The program with arguments, ready to be started.</summary>
    public ProcessStartInfo Command(int number, string folder, params string[] arguments) =>
        _environment.Command(number, folder, _program, [.. _leading, .. arguments]);

    /// <summary>Who holds what, and who waits.</summary>
    public async Task<GuardStatus> StatusAsync() => GuardStatus.Parse(await RunAsync("status", "--json"));

    /// <summary>The audit trail.</summary>
    public async Task<IReadOnlyList<AuditEvent>> LogAsync() => AuditEvent.Parse(await RunAsync("log", "--json"));

    /// <summary>Takes a turn, and with it cleans up after holders that were killed.</summary>
    public Task CleanUpAsync() => RunAsync("run", "--quiet", "--label", "clean-up", "--preflight", "off", "--", "true");

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Command(0, _place.Work, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new DemoException($"buildguard {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }
}
