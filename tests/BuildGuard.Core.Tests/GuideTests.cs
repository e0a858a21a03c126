using System.Reflection;
using System.Text.RegularExpressions;

namespace BuildGuard.Core.Tests;

/// <summary>The table of risks in <c>docs/guide/safe-builds.md</c> names a test for each, in whatever project it is.</summary>
[TestClass]
public sealed partial class GuideTests
{
    private static string Root { get; } = typeof(GuideTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [TestMethod]
    public void Every_risk_names_tests_that_exist()
    {
        HashSet<string> tests = [.. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).SelectMany(TestsOf)];
        string[][] rows = [.. File.ReadAllLines(Path.Combine(Root, "docs", "guide", "safe-builds.md"))
            .SkipWhile(line => !line.StartsWith("| risk |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

        Assert.IsGreaterThan(9, rows.Length);
        foreach (string[] row in rows)
        {
            Assert.HasCount(5, row, row[0]);
            Assert.DoesNotContain(string.IsNullOrEmpty, row, row[0]);
            string[] named = [.. Quoted().Matches(row[4]).Select(match => match.Groups[1].Value)];
            Assert.IsNotEmpty(named, row[0]);
            foreach (string test in named)
            {
                Assert.Contains(test, tests, $"there is no test {test}, which is to show '{row[0]}'");
            }
        }
    }

    private static IEnumerable<string> TestsOf(string file)
    {
        string text = File.ReadAllText(file);
        return TestMethods().Matches(text).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[TestMethod\](?:\s*\[[^\n]*\])*\s*public (?:async Task|void) (\w+)\(")]
    private static partial Regex TestMethods();
}
