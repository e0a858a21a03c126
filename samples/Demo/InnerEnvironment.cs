using System.Diagnostics;

namespace BuildGuard.Demo;

/// <summary>
/// The environment of the commands: the caller's, without what a surrounding <c>dotnet run</c> or a guarded shell
/// put there, and with what is meant.
/// </summary>
internal sealed class InnerEnvironment(Place place)
{
    /// <summary>Carried by every process that the demonstration starts, so that it can prove that none is left.</summary>
    public const string Mark = "LEDGER_DEMO";

    private static readonly string[] Foreign = ["MSBUILD", "DOTNET_CLI_", "BUILDGUARD", "LEDGER_", "VSTEST_", "TESTINGPLATFORM_"];

    /// <summary>The value of <see cref="Mark"/>, followed by a dot and the number of the command.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    private string CompilerId => "buildguard-demo-" + Id;

    /// <summary>Removes what the compiler that stayed could not remove when it was killed: its socket and its lock.</summary>
    public void ForgetCompiler()
    {
        foreach (string folder in new[] { Path.GetTempPath(), Path.Combine(Path.GetTempPath(), ".dotnet", "shm", "global") })
        {
            foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, CompilerId + "*") : [])
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>The version of the package that was packed.</summary>
    public string? PackageVersion { get; set; }

    /// <summary>
    /// Whether a compiler may stay for the next build. It saves time while the ground is prepared; afterwards, what is
    /// left shall be a leak.
    /// </summary>
    public bool CompilerMayStay { get; set; }

    /// <summary>The program to start builds with.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    /// <summary>A command that is ready to be started.</summary>
    public ProcessStartInfo Command(int number, string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        // A .NET program that is killed leaves its diagnostic socket behind; here some are killed on purpose.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = CompilerMayStay ? "true" : "false";
        // A compiler of its own: nobody else's build is disturbed when it is ended.
        start.Environment["SharedCompilationId"] = CompilerId;

        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        start.Environment["NUGET_PACKAGES"] = place.SamplePackages;
        start.Environment["BUILDGUARD_STATE_DIR"] = place.State;
        // How busy the machine is with other work is not what is shown here.
        start.Environment["BUILDGUARD_PREFLIGHT"] = "warn";
        start.Environment[Mark] = $"{Id}.{number}";
        if (PackageVersion is not null)
        {
            start.Environment["BuildGuardVersion"] = PackageVersion;
        }

        return start;
    }

    private static bool IsForeign(string name) =>
        !name.Equals("DOTNET_CLI_HOME", StringComparison.Ordinal)
        && Foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
