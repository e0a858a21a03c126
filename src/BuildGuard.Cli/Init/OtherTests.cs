using System.Text.Json;

namespace BuildGuard.Cli.Init;

/// <summary>The commands of tests that are not of .NET.</summary>
internal static class OtherTests
{
    private const string Package = "package.json";

    /// <summary>What <c>npm init</c> writes where there are no tests yet.</summary>
    private const string NoTest = "no test specified";

    /// <summary>Those that the files of a repository tell of; not those of make.</summary>
    public static IReadOnlyList<string> Of(Survey survey)
    {
        List<string> commands = [];
        if (survey.HasPytest)
        {
            commands.Add("pytest");
        }

        if (HasTestScript(survey))
        {
            commands.Add(survey.Has("pnpm-lock.yaml") ? "pnpm test" : survey.Has("yarn.lock") ? "yarn test" : "npm test");
        }

        if (survey.Has("Cargo.toml"))
        {
            commands.Add("cargo test");
        }

        if (survey.Has("go.mod"))
        {
            commands.Add("go test ./...");
        }

        return commands;
    }

    private static bool HasTestScript(Survey survey)
    {
        if (!survey.Has(Package) || !survey.IsSmall(Package) || survey.Read(Package) is not { } text)
        {
            return false;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("scripts", out JsonElement scripts) && scripts.ValueKind == JsonValueKind.Object
                && scripts.TryGetProperty("test", out JsonElement test) && test.ValueKind == JsonValueKind.String
                && test.GetString() is { Length: > 0 } script && !script.Contains(NoTest, StringComparison.Ordinal);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
