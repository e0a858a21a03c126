using System.Xml.Linq;

namespace BuildGuard.Integration.Matrix;

/// <summary>What a test run left in its folder, without what is another in each run.</summary>
internal static class TestResults
{
    /// <summary>The outcome of each test, and the counts, of the one TRX file.</summary>
    public static string Outcomes(string folder)
    {
        var trx = XDocument.Load(Only(folder, "*.trx"));
        var tests = Named(trx, "UnitTestResult").Select(test => $"{test.Attribute("testName")?.Value}: {test.Attribute("outcome")?.Value}").Order(StringComparer.Ordinal);
        return string.Join('\n', tests) + "\n" + string.Join(' ', Named(trx, "Counters").Single().Attributes());
    }

    /// <summary>Each line of the library and how often it ran, of the one Cobertura file.</summary>
    public static string Coverage(string folder)
    {
        var report = XDocument.Load(Only(folder, "*cobertura*.xml"));
        return string.Join('\n', Named(report, "class").Where(type => type.Attribute("name")?.Value == "Lib.Sign")
            .Elements("lines").Elements("line").Select(line => $"{line.Attribute("number")?.Value} {line.Attribute("hits")?.Value} {line.Attribute("condition-coverage")?.Value}"));
    }

    /// <summary>The logger copies what tests attach into a folder <c>In</c>.</summary>
    private static string Only(string folder, string pattern) => Assert.ContainsSingle(
        Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Where(file => !file.Split('/').Contains("In")));

    private static IEnumerable<XElement> Named(XDocument document, string name) => document.Descendants().Where(element => element.Name.LocalName == name);
}
