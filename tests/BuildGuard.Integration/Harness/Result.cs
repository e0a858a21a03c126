using System.Text.RegularExpressions;

namespace BuildGuard.Integration.Harness;

/// <summary>What a command said and how it ended.</summary>
internal sealed record Result(string Command, int ExitCode, string Output)
{
    /// <summary>The lines, without the space around them.</summary>
    public IReadOnlyList<string> Lines { get; } = [.. Output.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    /// <summary>Fails the test unless the command succeeded.</summary>
    public Result Succeeds()
    {
        Assert.AreEqual(0, ExitCode, ToString());
        return this;
    }

    /// <summary>Fails the test unless the command failed with exactly this error, said once.</summary>
    public Result FailsWith(string code)
    {
        Assert.AreNotEqual(0, ExitCode, ToString());
        var codes = Regex.Matches(Output, @"\berror ((?:BG|MSB|NETSDK|CS)\d+)").Select(match => match.Groups[1].Value).ToList();
        CollectionAssert.AreEqual(new[] { code }, codes, ToString());
        return this;
    }

    /// <summary>Fails the test unless the output has the text.</summary>
    public Result Says(string text)
    {
        StringAssert.Contains(Output, text, ToString());
        return this;
    }

    /// <summary>Fails the test if the output has the text.</summary>
    public Result NeverSays(string text)
    {
        Assert.IsFalse(Output.Contains(text, StringComparison.Ordinal), $"It says '{text}'. {this}");
        return this;
    }

    /// <summary>How many lines have the text.</summary>
    public int CountOf(string text) => Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"'{Command}' ended with {ExitCode}:{Environment.NewLine}{Output}";
}
