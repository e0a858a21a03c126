using System.Text.Json;
using System.Text.RegularExpressions;
using BuildGuard.Settings;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class SchemaTests
{
    private static readonly JsonElement Properties =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "buildguard.schema.json"))).RootElement.GetProperty("properties");

    [TestMethod]
    public void It_knows_exactly_the_settings() =>
        CollectionAssert.AreEquivalent(
            SettingNames.All.Select(s => s.JsonName()).Append("$schema").ToArray(),
            Properties.EnumerateObject().Select(p => p.Name).ToArray());

    /// <summary>The patterns and the parser were written apart; they must agree on these.</summary>
    [TestMethod]
    [DataRow("stall", "5m:kill", true)]
    [DataRow("stall", "1h30m", true)]
    [DataRow("stall", "5", false)]
    [DataRow("stall", "none", true)]
    [DataRow("preflight", "wait:10m", true)]
    [DataRow("preflight", "error:1m", false)]
    [DataRow("preflight", "off", true)]
    [DataRow("lock", "nightly.2", true)]
    [DataRow("lock", "-x", false)]
    public void Patterns_agree_with_the_parser(string name, string value, bool allowed)
    {
        Assert.IsTrue(SettingNames.TryFind(name, out Setting setting));
        Assert.AreEqual(allowed, Regex.IsMatch(value, Properties.GetProperty(name).GetProperty("pattern").GetString()!));
        Assert.AreEqual(allowed, SettingValue.Check(setting, value) is null);
    }

    [TestMethod]
    public void Its_defaults_and_examples_are_values()
    {
        foreach (JsonProperty property in Properties.EnumerateObject().Where(p => p.Name != "$schema"))
        {
            Assert.IsTrue(SettingNames.TryFind(property.Name, out Setting setting));
            IEnumerable<JsonElement> values = property.Value.TryGetProperty("examples", out JsonElement examples) ? examples.EnumerateArray() : [];
            values = property.Value.TryGetProperty("default", out JsonElement fallback) ? values.Append(fallback) : values;
            foreach (JsonElement value in values)
            {
                string text = value.ValueKind switch
                {
                    JsonValueKind.Array => string.Join(';', value.EnumerateArray().Select(e => e.GetString())),
                    JsonValueKind.String => value.GetString()!,
                    _ => value.GetRawText(),
                };
                Assert.IsNull(SettingValue.Check(setting, text), $"{property.Name}: {text}");
            }
        }
    }
}
