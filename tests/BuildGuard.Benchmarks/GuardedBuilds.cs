using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Benchmarks;

/// <summary>What the package costs a build: one Exec, and a build that has nothing to do.</summary>
internal sealed class GuardedBuilds
{
    private const int Rounds = 200;
    private const string Measured = "measured ";
    private readonly string _guarded;
    private readonly string _stock;
    private readonly string _scratch;

    /// <summary>Makes a project with the package and one without, and builds both.</summary>
    /// <param name="packages">The folder with the packed package.</param>
    /// <param name="scratch">Where to work.</param>
    public GuardedBuilds(string packages, string scratch)
    {
        _scratch = scratch;
        File.WriteAllText($"{scratch}/nuget.config", $"""
            <configuration><packageSources><clear /><add key="local" value="{packages}" /></packageSources></configuration>
            """);
        _guarded = Make("guarded", """<PackageReference Include="BuildGuard" Version="*" PrivateAssets="all" />""");
        _stock = Make("stock", "");
        Run(_guarded, "build");
        Run(_stock, "build");
    }

    /// <summary>Both tasks in one build, in turn: the one that the package puts in place, and the one it is derived from.</summary>
    public (Figures Guarded, Figures Stock) Exec()
    {
        double[][] pairs =
        [
            .. Run(_guarded, "build", "--no-restore", "-t:Measure", "-tl:off", "-v:n")
                .Where(l => l.Contains(Measured, StringComparison.Ordinal))
                .Select(l => l[(l.IndexOf(Measured, StringComparison.Ordinal) + Measured.Length)..].Split(' '))
                .Select(w => w.Select(t => long.Parse(t, CultureInfo.InvariantCulture) / (double)TimeSpan.TicksPerMicrosecond).ToArray()),
        ];
        return pairs.Length == Rounds
            ? (new Figures(pairs.Select(p => p[0])), new Figures(pairs.Select(p => p[1])))
            : throw new InvalidOperationException($"{pairs.Length} of {Rounds} pairs");
    }

    /// <summary>A build of a project that is up to date.</summary>
    public (Figures Guarded, Figures Stock) NothingToDo(int times)
    {
        List<double> guarded = [], stock = [];
        for (int i = 0; i < times; i++)
        {
            guarded.Add(Time(_guarded));
            stock.Add(Time(_stock));
        }

        return (new Figures(guarded), new Figures(stock));
    }

    private string Make(string name, string reference)
    {
        string directory = Directory.CreateDirectory($"{_scratch}/{name}").FullName;
        File.WriteAllText($"{directory}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{reference}</ItemGroup>
              <ItemGroup><Round Include="{string.Join(';', Enumerable.Range(1, Rounds))}" /></ItemGroup>
              <Target Name="Measure" Outputs="%(Round.Identity)">
                <PropertyGroup><From>$([System.DateTime]::UtcNow.Ticks)</From></PropertyGroup>
                <Exec Command="true" />
                <PropertyGroup><Between>$([System.DateTime]::UtcNow.Ticks)</Between></PropertyGroup>
                <Microsoft.Build.Tasks.Exec Command="true" />
                <PropertyGroup><To>$([System.DateTime]::UtcNow.Ticks)</To></PropertyGroup>
                <Message Importance="high" Text="{Measured}$([MSBuild]::Subtract($(Between), $(From))) $([MSBuild]::Subtract($(To), $(Between)))" />
              </Target>
            </Project>
            """);
        return directory;
    }

    private double Time(string directory)
    {
        long from = Stopwatch.GetTimestamp();
        Run(directory, "build", "--no-restore");
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
