using System.Text.Json;
using BuildGuard.Tasks.Helper;
using CsCheck;

namespace BuildGuard.Tasks;

[TestClass]
public sealed class JsonLineTests
{
    [TestMethod]
    public void ReadsMembersAndSkipsNestedOnes()
    {
        var members = JsonLine.Read("""{ "a" : "x\n\u00fc\"", "n": -1.5e3, "t":true, "z":null, "o":{"a":[1,{"b":"]"}]}, "l":[], "e":{} } """)!;

        Assert.AreEqual("x\nü\"", members["a"]);
        Assert.AreEqual("-1.5e3", members["n"]);
        Assert.AreEqual("true", members["t"]);
        CollectionAssert.AreEquivalent(new[] { "a", "n", "t" }, members.Keys.ToList());
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("text")]
    [DataRow("[1]")]
    [DataRow("{")]
    [DataRow("{\"a\"}")]
    [DataRow("{\"a\":}")]
    [DataRow("{\"a\":\"b")]
    [DataRow("{\"a\":\"\\q\"}")]
    [DataRow("{\"a\":\"\\u12\"}")]
    [DataRow("{\"a\":1} x")]
    public void WhatIsNoObjectIsNull(string line) => Assert.IsNull(JsonLine.Read(line));

    [TestMethod]
    public void ReadsWhatTheFrameworkWrites() => Gen.String.Sample(text =>
        JsonLine.Read(JsonSerializer.Serialize(new { text }))!["text"] == (JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(text)) ?? ""));

    [TestMethod]
    public void GarbageNeverThrows() => Gen.String[Gen.Char["{}[]\":,\\u01ab "], 0, 30].Sample(text => _ = JsonLine.Read(text));

    [TestMethod]
    public void AMessageNeedsAText()
    {
        Assert.IsNull(GuardMessage.From(JsonLine.Read("""{"event":"message"}""")));
        Assert.IsNull(GuardMessage.From(JsonLine.Read("""{"event":"acquired","text":"x"}""")));
        var message = GuardMessage.From(JsonLine.Read("""{"event":"message","level":"error","code":"BG3001","text":"x","new":1}"""))!;
        Assert.IsTrue(message.IsError);
        StringAssert.EndsWith(message.HelpLink, "docs/messages.md#bg3001", StringComparison.Ordinal);
    }
}
