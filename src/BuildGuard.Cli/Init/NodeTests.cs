using System.Text.Json;

namespace BuildGuard.Cli.Init;

/// <summary>Tests of what has a <c>package.json</c>.</summary>
internal static class NodeTests
{
    private const string Package = "package.json";
    private const string TestScript = "test";

    /// <summary>What <c>npm init</c> writes where there are no tests yet.</summary>
    private const string NoTest = "no test specified";

    /// <summary>Lock files of the tools that install packages, and those tools.</summary>
    private static readonly (string File, string Tool)[] s_tools = [("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lock", "bun"), ("bun.lockb", "bun")];

    /// <summary>Tools that run tests, with the arguments by which they do it once.</summary>
    private static readonly (string Name, string Command)[] s_runners = [("jest", "jest"), ("vitest", "vitest run"), ("mocha", "mocha"), ("ava", "ava"), ("jasmine", "jasmine")];

    /// <summary>One for each package that has some.</summary>
    public static IEnumerable<OtherTests> In(Survey survey)
    {
        string? covering = null;
        foreach (string file in survey.Files.Where(file => Path.GetFileName(file) == Package && survey.IsSmall(file)).OrderBy(file => file.Length))
        {
            string text = survey.Read(file)!;
            if (JsonText.Parse(text, out string place) is not { } json)
            {
                yield return new OtherTests(file, "") { Problem = $"it cannot be read: it is no JSON ({place})" };
                continue;
            }

            using (json)
            {
                OtherTests? tests = Of(survey, file, json.RootElement);

                // What tests a workspace tests its packages, or its owner wants it so.
                if (tests is not null && (covering is null || file == covering))
                {
                    yield return tests;
                }

                if (file == Package && tests is { IsSure: true } && (survey.Has("pnpm-workspace.yaml") || (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("workspaces", out _))))
                {
                    covering = file;
                }
            }
        }
    }

    private static OtherTests? Of(Survey survey, string file, JsonElement package)
    {
        string tool = ToolOf(survey, OtherTests.FolderOf(file));
        string[] scripts = [.. Members(package, "scripts").Where(script => script.Value.ValueKind == JsonValueKind.String && script.Value.GetString() is { Length: > 0 } text && !text.Contains(NoTest, StringComparison.Ordinal)).Select(script => script.Name)];
        if (scripts.Contains(TestScript))
        {
            return new OtherTests(file, $"{tool} {(tool == "bun" ? "run " : "")}test") { IsSure = true };
        }

        // A script of a longer name may be one that watches, and never ends.
        if (Array.Find(scripts, script => script.StartsWith(TestScript + ":", StringComparison.Ordinal) && !script.Contains("watch", StringComparison.Ordinal)) is { } part)
        {
            return new OtherTests(file, $"{tool} run {part}") { Problem = $"it has no script '{TestScript}'" };
        }

        string[] packages = [.. Members(package, "devDependencies").Concat(Members(package, "dependencies")).Select(member => member.Name)];
        return Array.Find(s_runners, runner => packages.Contains(runner.Name)) is { Name: not null } found
            ? new OtherTests(file, $"{(tool switch { "npm" => "npx", "pnpm" => "pnpm exec", "bun" => "bunx", _ => tool })} {found.Command}") { Problem = $"it has no script '{TestScript}'" }
            : null;
    }

    /// <summary>The tool whose lock file is nearest.</summary>
    private static string ToolOf(Survey survey, string folder)
    {
        for (string at = folder; ; at = OtherTests.FolderOf(at))
        {
            string prefix = at.Length == 0 ? "" : at + "/";
            if (survey.Has(prefix + "package-lock.json"))
            {
                return "npm";
            }

            if (Array.Find(s_tools, tool => survey.Has(prefix + tool.File)) is { Tool: { } tool })
            {
                return tool;
            }

            if (at.Length == 0)
            {
                return "npm";
            }
        }
    }

    private static JsonProperty[] Members(JsonElement package, string name) =>
        package.ValueKind == JsonValueKind.Object && package.TryGetProperty(name, out JsonElement members) && members.ValueKind == JsonValueKind.Object ? [.. members.EnumerateObject()] : [];
}
