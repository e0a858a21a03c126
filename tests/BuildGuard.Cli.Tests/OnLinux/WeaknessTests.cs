using System.Text.Json;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>A limit that holds less strongly here than it was asked for is never silent (BG4002).</summary>
[TestClass]
public sealed class WeaknessTests
{
    private static readonly (string, string)[] Bare = [("BUILDGUARD_CONTAINMENT", "bare")];

    [TestMethod]
    public void What_was_asked_for_by_an_option_is_told_and_kept()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(Bare, "run", "--preflight", "off", "--memory", "512M", "--", "true");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.ErrorLine, "warning BG4002: weaker containment than asked for (bare): the memory limit is watched by sampling");
        Assert.DoesNotContain("process limit", result.ErrorLine, "nobody asked for that one");
        StringAssert.Contains(Degraded(sandbox).Single().GetProperty("reason").GetString(), "process limit");
    }

    [TestMethod]
    public void What_was_asked_for_by_a_variable_or_the_file_is_told()
    {
        using var sandbox = new Sandbox();
        Result variable = sandbox.Run([.. Bare, ("BUILDGUARD_MAX_PROCESSES", "10")], "run", "--preflight", "off", "--", "true");
        StringAssert.Contains(variable.ErrorLine, "warning BG4002: weaker containment than asked for (bare): the process limit");

        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), """{ "maxMemory": "512M" }""");
        Result file = sandbox.Run(Bare, "run", "--preflight", "off", "--", "true");
        StringAssert.Contains(file.ErrorLine, "warning BG4002: weaker containment than asked for (bare): the memory limit");
    }

    [TestMethod]
    public void What_is_there_by_default_is_kept_alone_and_is_no_incident()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(Bare, "run", "--preflight", "off", "--", "true");

        Assert.AreEqual("", result.Error);
        JsonElement kept = Degraded(sandbox).Single();
        Assert.AreEqual("BG4002", kept.GetProperty("code").GetString());
        Assert.AreEqual(0, sandbox.Run("report", "--json").Json.GetProperty("incidents").GetArrayLength());
    }

    [TestMethod]
    public void It_is_told_once_for_what_runs_inside_one_another()
    {
        using var sandbox = new Sandbox();
        string inner = $"{string.Join(' ', Helper.Program)} run --memory 512M --preflight off -- true";
        Result result = sandbox.Run(Bare, "run", "--preflight", "off", "--memory", "600M", "--", "sh", "-c", inner);

        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.ErrorLine, "BG4002");
        Assert.HasCount(2, Degraded(sandbox));
    }

    [TestMethod]
    public void A_build_is_told_it_as_a_message()
    {
        using var sandbox = new Sandbox();
        string messages = Path.Combine(sandbox.Root, "messages");
        Result result = sandbox.Run(Bare, "run", "--preflight", "off", "--memory", "512M", "--messages", messages, "--", "true");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(File.ReadAllText(messages), "\"level\":\"message\",\"code\":\"BG4002\"");
    }

    private static JsonElement[] Degraded(Sandbox sandbox) =>
    [
        .. File.ReadLines(sandbox.AuditFile).Select(line => JsonDocument.Parse(line).RootElement).Where(e => e.GetProperty("event").GetString() == "degraded"),
    ];
}
