using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Init;

/// <summary>Steps for the build services: the check, the limits, and what came of it as an artifact.</summary>
internal static class PipelineStep
{
    /// <summary>Their names on the command line.</summary>
    public static IReadOnlyList<string> Services { get; } = ["github", "azure", "gitlab"];

    /// <summary>The services that a repository uses already.</summary>
    public static IEnumerable<string> UsedBy(Survey survey) => Services.Where(service => service switch
    {
        "github" => survey.Files.Any(file => file.StartsWith(".github/workflows/", StringComparison.Ordinal)),
        "azure" => survey.Has("azure-pipelines.yml"),
        _ => survey.Has(".gitlab-ci.yml"),
    });

    public static void AddTo(InitPlan plan, Survey survey, IEnumerable<string> services)
    {
        string command = survey.Projects.Count > 0 ? "dotnet test" : survey.HasPytest ? "pytest" : "make test";
        foreach (string service in services)
        {
            (string path, string text, string use) = service switch
            {
                "github" => (".github/workflows/buildguard.yml", GitHub(command), "it runs for every pull request"),
                "azure" => (".azure-pipelines/buildguard.yml", Azure(command), "add to the steps of azure-pipelines.yml: '- template: .azure-pipelines/buildguard.yml'"),
                _ => (".gitlab/buildguard.gitlab-ci.yml", GitLab(command), "add to .gitlab-ci.yml: 'include: .gitlab/buildguard.gitlab-ci.yml'"),
            };
            plan.AddNew(survey, path, text, use);
        }
    }

    private static string GitHub(string command) => $$"""
        # Tests under BuildGuard: limits, a check of the machine before, and a report of what ran as an artifact.
        name: buildguard
        on:
          pull_request:
          workflow_dispatch:
        permissions:
          contents: read
        jobs:
          test:
            runs-on: ubuntu-latest
            env:
              BUILDGUARD_TIMEOUT: 45m
            steps:
              - uses: actions/checkout@v4
              - uses: actions/setup-dotnet@v4
                with:
                  dotnet-version: 10.0.x
              - run: dotnet tool install --global BuildGuard.Tool --version {{CommandTree.Version}}
              - run: buildguard env --format github >> "$GITHUB_ENV"
              - run: buildguard check
              - run: buildguard run -- {{command}}
              - if: always()
                run: buildguard report --output buildguard-report.html
              - if: always()
                uses: actions/upload-artifact@v4
                with:
                  name: buildguard-report
                  path: buildguard-report.html

        """;

    private static string Azure(string command) => $"""
        # Tests under BuildGuard: limits, a check of the machine before, and a report of what ran as an artifact.
        steps:
          - task: UseDotNet@2
            inputs:
              version: 10.0.x
          - script: dotnet tool install --tool-path "$(Agent.TempDirectory)/buildguard" BuildGuard.Tool --version {CommandTree.Version}
            displayName: Install BuildGuard
          - script: '"$(Agent.TempDirectory)/buildguard/buildguard" check'
            displayName: Check the machine
          - script: '"$(Agent.TempDirectory)/buildguard/buildguard" run --timeout 45m -- {command}'
            displayName: Test
          - script: '"$(Agent.TempDirectory)/buildguard/buildguard" report --output "$(Build.ArtifactStagingDirectory)/buildguard-report.html"'
            displayName: Report
            condition: always()
          - publish: $(Build.ArtifactStagingDirectory)/buildguard-report.html
            artifact: buildguard-report
            condition: always()

        """;

    private static string GitLab(string command) => $"""
        # Tests under BuildGuard: limits, a check of the machine before, and a report of what ran as an artifact.
        buildguard:
          image: mcr.microsoft.com/dotnet/sdk:10.0
          stage: test
          script:
            - dotnet tool install --tool-path "$CI_PROJECT_DIR/.buildguard-tool" BuildGuard.Tool --version {CommandTree.Version}
            - .buildguard-tool/buildguard check
            - .buildguard-tool/buildguard run --timeout 45m -- {command}
          after_script:
            - .buildguard-tool/buildguard report --output buildguard-report.html
          artifacts:
            when: always
            paths:
              - buildguard-report.html

        """;
}
