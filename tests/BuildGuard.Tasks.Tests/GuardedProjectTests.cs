using BuildGuard.Tasks.Projects;
using CsCheck;

namespace BuildGuard.Tasks;

[TestClass]
public sealed class GuardedProjectTests
{
    [TestMethod]
    public void ArrivesAsItWasSent() => Gen.String[Gen.Char["=&%;+ \"'\\ä\n漢a"], 1, 12].Array[6].Sample(texts =>
    {
        var sent = new GuardedProject { Name = texts[0], HelperFile = texts[1], HelperManagedFile = texts[2], TestConsole = texts[3], Lease = texts[4] };
        sent.Properties.Add("Keep=" + texts[5]);
        var text = sent.Encode();
        var arrived = GuardedProject.Decode(text)!;

        Assert.DoesNotContain("\n", text);
        Assert.AreEqual(sent.Name, arrived.Name);
        Assert.AreEqual(sent.HelperFile, arrived.HelperFile);
        Assert.AreEqual(sent.HelperManagedFile, arrived.HelperManagedFile);
        Assert.AreEqual(sent.TestConsole, arrived.TestConsole);
        Assert.AreEqual(sent.Lease, arrived.Lease);
        CollectionAssert.AreEqual(sent.Properties, arrived.Properties);
    });

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("garbage")]
    [DataRow("name=x")]
    [DataRow("=&=&&")]
    public void WhatIsNoSuchThingIsNull(string? text) => Assert.IsNull(GuardedProject.Decode(text));

    [TestMethod]
    public void EachTestFileHasItsVariable()
    {
        Assert.AreNotEqual(TestRunVariable.NameOf("/a/b.dll"), TestRunVariable.NameOf("/a/c.dll"));
        StringAssert.StartsWith(TestRunVariable.NameOf("/a/b.dll"), "_BUILDGUARD_", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("Build", "true", null)]
    [DataRow("operation", "FALSE", null)]
    [DataRow("Foo", "true", "BuildGuardHold='Foo'")]
    [DataRow("Build", "1", "BuildGuardExec='1'")]
    public void SwitchesHaveTheirWords(string hold, string exec, string? expected)
    {
        var problem = Switches.Check(hold, [new("Exec", exec)]);
        Assert.AreEqual(expected is null, problem is null);
        StringAssert.StartsWith(problem?.Text ?? "", expected ?? "", StringComparison.Ordinal);
    }
}
