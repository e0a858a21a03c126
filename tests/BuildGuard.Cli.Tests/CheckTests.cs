using System.Text.Json;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class CheckTests
{
    [TestMethod]
    public void A_machine_that_need_not_be_anything_is_fit()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("check", "--json", "--min-free-memory", "none", "--max-load", "none");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.IsTrue(result.Json.GetProperty("fit").GetBoolean());
        Assert.AreEqual(
            "schemaVersion fit freeMemoryBytes requiredMemoryBytes usableMemoryBytes load maxLoad pressure reasons",
            string.Join(' ', result.Json.EnumerateObject().Select(p => p.Name)));
        Assert.AreEqual(JsonValueKind.Null, result.Json.GetProperty("maxLoad").ValueKind);
        Assert.IsGreaterThan(0, result.Json.GetProperty("freeMemoryBytes").GetInt64());
        Assert.IsLessThanOrEqualTo(result.Json.GetProperty("usableMemoryBytes").GetInt64(), result.Json.GetProperty("freeMemoryBytes").GetInt64());
    }

    [TestMethod]
    public void Too_little_memory_is_75_with_its_reason()
    {
        using var sandbox = new Sandbox();
        (string, string)[] variables = [("BUILDGUARD_MIN_FREE_MEMORY", "1000T"), ("BUILDGUARD_MAX_LOAD", "none")];
        Result result = sandbox.Run(variables, "check", "--json");
        Assert.AreEqual(75, result.ExitCode);
        Assert.IsFalse(result.Json.GetProperty("fit").GetBoolean());
        Assert.AreEqual(1000L << 40, result.Json.GetProperty("requiredMemoryBytes").GetInt64());
        JsonElement reason = result.Json.GetProperty("reasons").EnumerateArray().Single();
        Assert.AreEqual("BG2001", reason.GetProperty("code").GetString());
        StringAssert.EndsWith(reason.GetProperty("helpLink").GetString(), "messages.md#bg2001");

        Result text = sandbox.Run(variables, "check");
        Assert.AreEqual(75, text.ExitCode);
        StringAssert.StartsWith(text.Output, "not fit\n");
        StringAssert.Contains(text.Output, "  BG2001: too little free memory: ");
    }

    [TestMethod]
    public void A_limit_of_the_load_is_shown_as_it_was_given()
    {
        using var sandbox = new Sandbox();
        StringAssert.Contains(sandbox.Run("check", "--min-free-memory", "none", "--max-load", "0.001").Output, ", at most 0.001 allowed");
    }

    [TestMethod]
    public void Output_that_is_no_terminal_has_no_colours()
    {
        using var sandbox = new Sandbox();
        Assert.IsFalse(sandbox.Run([("TERM", "xterm-256color")], "check").Output.Contains('\u001b', StringComparison.Ordinal));
    }

    [TestMethod]
    public void A_refused_run_is_75_and_runs_nothing()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("run", "--preflight", "error", "--min-free-memory", "1000T", "--max-load", "none", "--", "touch", "ran");
        Assert.AreEqual(75, result.ExitCode);
        StringAssert.StartsWith(result.ErrorLine, "buildguard: error BG2001: too little free memory");
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    [TestMethod]
    public void A_wait_that_ends_in_refusal_says_both()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("run", "--preflight", "wait:300ms", "--min-free-memory", "1000T", "--max-load", "none", "--", "true");
        Assert.AreEqual(75, result.ExitCode);
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(2, lines, result.Error);
        StringAssert.StartsWith(lines[0], "buildguard: BG2001: ");
        StringAssert.StartsWith(lines[1], "buildguard: error BG2003: ");
    }
}
