using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildGuard.Integration.Escapes;

/// <summary>When the guard is killed.</summary>
public enum Guard
{
    /// <summary>Never: the command ends by itself or by its limit.</summary>
    Lives,

    /// <summary>When the escape is made; the next run under the same lock must find nothing of it.</summary>
    IsKilled,
}

/// <summary>What <c>trial.sh</c> said of one escape.</summary>
internal sealed record Trial(string Code, int Remaining, int Groups, int Orphans, string Outcome, string Rung, string Output)
{
    // The escape's own word that this machine does not let it.
    private const string NotHere = "96";

    // One .NET process has dozens of threads and a shell a few processes: far above what the escapes that end by themselves need.
    private const int Plenty = 5000;
    private const int Few = 40;

    /// <summary>What comes after the script in the call of <c>trial.sh</c>.</summary>
    public static string[] Arguments(Escape escape, Guard guard) =>
    [
        guard == Guard.Lives ? "run" : "killed",
        escape.Name,
        "--processes", (escape.ReachesLimit && guard == Guard.Lives ? Few : Plenty).ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Reads the line that begins with the sign for a trial, and what follows up to the next.</summary>
    public static Trial Parse(string name, string output)
    {
        Match line = Line(name).Match(output);
        Assert.IsTrue(line.Success, $"the trial of {name} did not come to its end: {output}");
        int Number(string group) => int.Parse(line.Groups[group].Value, CultureInfo.InvariantCulture);
        string rest = output[line.Index..];
        int next = rest.IndexOf("\n@ ", StringComparison.Ordinal);
        return new Trial(
            line.Groups["code"].Value,
            Number("remaining"),
            Number("groups"),
            Number("orphans"),
            line.Groups["outcome"].Value,
            line.Groups["rung"].Value,
            next < 0 ? rest : rest[..next]);
    }

    /// <summary>Fails the test unless the guard kept its promise.</summary>
    public void Verify(Escape escape, Guard guard, string rung)
    {
        if (Code == NotHere)
        {
            Assert.Inconclusive($"this machine does not let anybody do {escape.Name}: {Output}");
        }

        bool limited = escape.ReachesLimit && guard == Guard.Lives;
        Assert.AreEqual(limited ? "137" : "0", Code, Output);
        Assert.AreEqual(0, Remaining, Output);
        Assert.AreEqual(0, Groups, Output);
        Assert.AreEqual(limited ? "processes" : "exited", Outcome, Output);
        Assert.AreEqual(rung, Rung, Output);
        if (!limited && !escape.Nameless)
        {
            Assert.AreEqual(1, Orphans, $"what was ended is written down: {Output}");
        }
    }

    private static Regex Line(string name) => new(
        $"^@ {Regex.Escape(name)} code=(?<code>\\S*) remaining=(?<remaining>\\d+) groups=(?<groups>\\d+) orphans=(?<orphans>\\d+) outcome=(?<outcome>\\S*) rung=(?<rung>\\S*)",
        RegexOptions.Multiline);
}
