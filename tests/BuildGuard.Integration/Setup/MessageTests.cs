using System.Text.RegularExpressions;

namespace BuildGuard.Integration.Setup;

/// <summary>What the guard says is tried.</summary>
[TestClass]
public sealed class MessageTests
{
    /// <summary>What this machine cannot provoke, with the reason.</summary>
    private static readonly Dictionary<string, string> s_untried = new(StringComparer.Ordinal)
    {
        ["BG0007"] = "needs an operating system that is not guarded",
    };

    /// <summary>A code of the docs that no test expects is a message of which nobody knows whether it still comes.</summary>
    [TestMethod]
    public void EachCodeOfTheDocsIsExpectedByATest()
    {
        var codes = Regex.Matches(File.ReadAllText(Path.Combine(Package.Root, "docs", "messages.md")), "^## (BG[0-9]{4})$", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.IsGreaterThan(40, codes.Count);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Package.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories))
        {
            // These two look at texts, and provoke nothing.
            if (Path.GetFileName(file) is not ("MessagesTests.cs" or "MessageTests.cs"))
            {
                codes.ExceptWith(Regex.Matches(File.ReadAllText(file), "BG[0-9]{4}").Select(match => match.Value));
            }
        }

        CollectionAssert.AreEquivalent(s_untried.Keys.ToArray(), codes.ToArray());
    }
}
