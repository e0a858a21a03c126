using System.Text.RegularExpressions;
using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Init;

/// <summary>Steps for the build services: the check, the limits, and what came of it as an artifact.</summary>
internal static partial class PipelineStep
{
    private const string SampleCommand = "-- dotnet test";

    private static readonly string[] AzureFiles = ["azure-pipelines.yml", "azure-pipelines.yaml"];

    /// <summary>Their names on the command line.</summary>
    public static IReadOnlyList<string> Services { get; } = ["github", "azure", "gitlab"];

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => Services.Any(service => PlaceOf(service).Path == path);

    /// <summary>The services that a repository uses already.</summary>
    public static IEnumerable<string> UsedBy(Survey survey) => Services.Where(service => service switch
    {
        "github" => survey.Files.Any(file => file.StartsWith(".github/workflows/", StringComparison.Ordinal)),
        "azure" => AzureFile(survey) is not null,
        _ => survey.Has(".gitlab-ci.yml"),
    });

    public static void AddTo(InitPlan plan, Survey survey, TestProjects tests, IEnumerable<string> services)
    {
        var commands = RepositoryCommands.Of(survey, tests, "make");
        foreach (string service in services)
        {
            commands.AddTo(plan, isForCi: true);
            if (commands.Test.Count == 0)
            {
                continue;
            }

            (string path, string use) = PlaceOf(service);
            plan.AddNew(survey, path, Steps(service, RepositoryCommands.Join(commands.Test)), use.Replace(AzureFiles[0], AzureFile(survey) ?? AzureFiles[0], StringComparison.Ordinal));
        }
    }

    private static string? AzureFile(Survey survey) => Array.Find(AzureFiles, survey.Has);

    private static (string Path, string Use) PlaceOf(string service) => service switch
    {
        "github" => (".github/workflows/buildguard.yml", "it runs for every pull request"),
        "azure" => (".azure-pipelines/buildguard.yml", "add to the steps of azure-pipelines.yml: '- template: .azure-pipelines/buildguard.yml'"),
        _ => (".gitlab/buildguard.gitlab-ci.yml", "add to .gitlab-ci.yml: 'include: .gitlab/buildguard.gitlab-ci.yml'"),
    };

    /// <summary>The sample of the service (samples/ci), with this version and the command that tests this repository.</summary>
    private static string Steps(string service, string command)
    {
        using Stream sample = typeof(PipelineStep).Assembly.GetManifestResourceStream($"ci.{service}.yml")!;
        using var reader = new StreamReader(sample);
        return SampleVersion().Replace(reader.ReadToEnd(), CommandTree.Version)
            .Replace(SampleCommand, $"-- {command}", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<=BuildGuard\.Tool --version )\S+")]
    private static partial Regex SampleVersion();
}
