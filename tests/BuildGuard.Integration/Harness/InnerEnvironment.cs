using System.Collections;

namespace BuildGuard.Integration.Harness;

/// <summary>The environment of a <c>dotnet</c> that a test starts: nothing of the one that runs the test.</summary>
internal static class InnerEnvironment
{
    private static readonly string[] Poison =
    [
        "MSBUILD", "DOTNET_CLI_", "BUILDGUARD_", "_BUILDGUARD_", "VSTEST", "TESTINGPLATFORM", "COMPLUS_", "COREHOST_",
        "NUGET_PACKAGES", "DOTNET_HOST_PATH", "USESHAREDCOMPILATION", "DIRECTORY", "CONFIGURATION", "PLATFORM", "CI", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI",
    ];

    /// <summary>A program of the path; empty if there is none.</summary>
    public static string Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists) ?? "";

    /// <summary>The variables, for a state directory and a folder of packages of the test's own.</summary>
    public static Dictionary<string, string> Create(string stateDirectory, string packages)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!Poison.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                environment[name] = (string?)variable.Value ?? "";
            }
        }

        environment["DOTNET_NOLOGO"] = "1";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true";
        environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";

        // A node or a compiler server that outlives the build would be what these tests look for.
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["UseSharedCompilation"] = "false";
        environment["MSBUILDTERMINALLOGGER"] = "off";
        environment["NUGET_PACKAGES"] = packages;
        environment["BUILDGUARD_STATE_DIR"] = stateDirectory;

        // The machine that runs the tests is busy, with them if with nothing else.
        environment["BUILDGUARD_PREFLIGHT"] = "off";
        return environment;
    }
}
