namespace BuildGuard.Cli.Tests;

/// <summary>The real PowerShell, which <c>.ci/run</c> installs as a .NET tool.</summary>
internal static class PowerShell
{
    private const int Missing = 96;

    /// <summary>Runs a script to its end; the test is inconclusive where PowerShell is missing.</summary>
    /// <param name="sandbox">Where.</param>
    /// <param name="before">Lines of a shell before it.</param>
    /// <param name="words">The script and its arguments, as a shell takes them.</param>
    public static Result Run(Sandbox sandbox, string before, string words)
    {
        // Its launcher looks for the runtime where that is installed, not on the path.
        Result said = OutputTests.Shell(sandbox, $$"""
            command -v pwsh >/dev/null || exit {{Missing}}
            export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
            export HOME=$PWD POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
            {{before}}
            exec pwsh -NoLogo -NoProfile -NonInteractive -File {{words}}
            """);
        if (said.ExitCode == Missing)
        {
            Assert.Inconclusive("PowerShell is not installed (dotnet tool install PowerShell)");
        }

        return said;
    }
}
