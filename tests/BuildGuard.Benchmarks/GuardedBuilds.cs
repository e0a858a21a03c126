using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Benchmarks;

/// <summary>
/// What the package costs a build: each Exec, a solution that has nothing to do, and its tests. Everything is there twice, with
/// the package and without, and is built in turn.
/// </summary>
internal sealed class GuardedBuilds
{
    /// <summary>How many times one project runs Exec in a build.</summary>
    public const int Execs = 200;

    /// <summary>How many projects the solution has that is built.</summary>
    public const int Projects = 20;

    /// <summary>How many projects the solution has that is tested.</summary>
    public const int TestProjects = 10;

    private const string Measured = "measured ";
    private const string Reference = """<PackageReference Include="BuildGuard" Version="*" PrivateAssets="all" />""";

    private readonly string _scratch;

    /// <summary>Prepares a folder; nothing is built yet.</summary>
    /// <param name="packages">The folder with the packed package.</param>
    /// <param name="scratch">Where to work.</param>
    public GuardedBuilds(string packages, string scratch)
    {
        _scratch = scratch;
        File.WriteAllText($"{scratch}/nuget.config", $"""
            <configuration><packageSources><add key="local" value="{packages}" /></packageSources></configuration>
            """);
    }

    /// <summary>One Exec of <c>true</c> among <see cref="Execs"/> in a build of its own: with the package that is the guard's whatever it is called.</summary>
    public (Figures Guarded, Figures Stock) Exec(int times)
    {
        string guarded = MakeExecs("guarded-execs", Reference), stock = MakeExecs("stock-execs", "");
        List<double> ours = [], theirs = [];
        for (int i = 0; i < times; i++)
        {
            ours.AddRange(TimeExecs(guarded));
            theirs.AddRange(TimeExecs(stock));
        }

        return (new Figures(ours), new Figures(theirs));
    }

    /// <summary>A build of a solution of <see cref="Projects"/> projects that is up to date.</summary>
    public (Figures Guarded, Figures Stock) NothingToDo(int times) => InTurn(
        times,
        MakeSolution("guarded", Projects, Reference, ""),
        MakeSolution("stock", Projects, "", ""),
        "build", "--no-restore");

    /// <summary>A test run of a solution of <see cref="TestProjects"/> projects that are built already.</summary>
    public (Figures Guarded, Figures Stock) Tests(int times)
    {
        const string Packages = """
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
            <PackageReference Include="MSTest.TestAdapter" Version="4.5.2" />
            <PackageReference Include="MSTest.TestFramework" Version="4.5.2" />
            """;
        const string Test = """
            [Microsoft.VisualStudio.TestTools.UnitTesting.TestClass]
            public class Tests { [Microsoft.VisualStudio.TestTools.UnitTesting.TestMethod] public void Passes() { } }
            """;
        return InTurn(
            times,
            MakeSolution("guarded-tests", TestProjects, Packages + Reference, Test),
            MakeSolution("stock-tests", TestProjects, Packages, Test),
            "test", "--no-build");
    }

    private (Figures Guarded, Figures Stock) InTurn(int times, string guarded, string stock, params string[] arguments)
    {
        List<double> ours = [], theirs = [];
        for (int i = 0; i < times; i++)
        {
            ours.Add(Time(guarded, arguments));
            theirs.Add(Time(stock, arguments));
        }

        return (new Figures(ours), new Figures(theirs));
    }

    private string MakeExecs(string name, string reference)
    {
        string directory = Directory.CreateDirectory($"{_scratch}/{name}").FullName;
        File.WriteAllText($"{directory}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{reference}</ItemGroup>
              <ItemGroup><Round Include="{string.Join(';', Enumerable.Range(1, Execs))}" /></ItemGroup>
              <Target Name="Measure" DependsOnTargets="Build" Outputs="%(Round.Identity)">
                <PropertyGroup><From>$([System.DateTime]::UtcNow.Ticks)</From></PropertyGroup>
                <Exec Command="true" />
                <PropertyGroup><To>$([System.DateTime]::UtcNow.Ticks)</To></PropertyGroup>
                <Message Importance="high" Text="{Measured}$([MSBuild]::Subtract($(To), $(From)))" />
              </Target>
            </Project>
            """);
        Run(directory, "build");
        return directory;
    }

    private double[] TimeExecs(string directory)
    {
        double[] times =
        [
            .. Run(directory, "build", "--no-restore", "-t:Measure", "-tl:off", "-v:n")
                .Where(l => l.Contains(Measured, StringComparison.Ordinal))
                .Select(l => l[(l.IndexOf(Measured, StringComparison.Ordinal) + Measured.Length)..])
                .Select(t => long.Parse(t, CultureInfo.InvariantCulture) / (double)TimeSpan.TicksPerMicrosecond),
        ];
        return times.Length == Execs ? times : throw new InvalidOperationException($"{times.Length} of {Execs} rounds");
    }

    private string MakeSolution(string name, int projects, string references, string source)
    {
        string directory = Directory.CreateDirectory($"{_scratch}/{name}").FullName;
        string[] names = [.. Enumerable.Range(1, projects).Select(i => $"project{i}")];
        foreach (string project in names)
        {
            Directory.CreateDirectory($"{directory}/{project}");
            File.WriteAllText($"{directory}/{project}/{project}.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup>{references}</ItemGroup>
                </Project>
                """);
            File.WriteAllText($"{directory}/{project}/Source.cs", source);
        }

        File.WriteAllText(
            $"{directory}/{name}.slnx",
            $"<Solution>{string.Concat(names.Select(project => $"<Project Path=\"{project}/{project}.csproj\" />"))}</Solution>");
        Run(directory, "build");
        return directory;
    }

    private double Time(string directory, string[] arguments)
    {
        long from = Stopwatch.GetTimestamp();
        Run(directory, arguments);
        return Stopwatch.GetElapsedTime(from).TotalMicroseconds;
    }

    private string[] Run(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["BUILDGUARD_STATE_DIR"] = $"{_scratch}/build-state";
        start.Environment["BUILDGUARD_PREFLIGHT"] = "off";
        start.Environment["NUGET_PACKAGES"] = $"{_scratch}/nuget";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n')
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)}: {process.ExitCode}\n{output}");
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_CLI_", StringComparison.Ordinal)
        || name.StartsWith("BUILDGUARD_", StringComparison.Ordinal);
}
