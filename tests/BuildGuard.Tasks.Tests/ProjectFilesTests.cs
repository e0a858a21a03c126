using System.Text;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.Tasks;

/// <summary>What is found in the files of projects.</summary>
[TestClass]
public sealed class ProjectFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buildguard-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public void PropertiesAndTasksAreFoundWithTheirLines()
    {
        var file = Write("a.proj", """
            <Project>
              <UsingTask TaskName="$(Prefix)Exec" AssemblyFile="x.dll" Override="$(Yes)"
                         Condition="false" />
              <PropertyGroup>
                <BuildGuardSlots>2</BuildGuardSlots><Other />
              </PropertyGroup>
              <ItemGroup><BuildGuardItem Include="a"><BuildGuardMetadata>b</BuildGuardMetadata></BuildGuardItem></ItemGroup>
              <UsingTask TaskName="Mine" AssemblyFile="x.dll" />
            </Project>
            """);
        Assert.AreEqual(
            "TaskOverride $(Prefix)Exec 2 $(Yes) false, Property BuildGuardSlots 5  ",
            string.Join(", ", ProjectFiles.Find([file]).Select(one => $"{one.Kind} {one.Name} {one.Line} {one.Override} {one.Condition}")));
    }

    [TestMethod]
    [DataRow("<BuildGuardSlots>2</BuildGuardSlots>\n", "2")]
    [DataRow("<BuildGuardSlots />4", "")]
    [DataRow("<BuildGuardSlots></BuildGuardSlots>4<Other>3</Other>", "")]
    [DataRow("<BuildGuardSlots>a<!-- b --><![CDATA[c]]></BuildGuardSlots>", "ac")]
    public void APropertyIsFoundWithWhatItIsSetTo(string element, string value) =>
        Assert.AreEqual(value, ProjectFiles.Find([Write("a.proj", $"<Project><PropertyGroup>{element}</PropertyGroup></Project>")]).Single().Value);

    [TestMethod]
    [DataRow("Override=\"true\"", 1)]
    [DataRow("Overrides=\"a\" Override\n = \"true\"", 1)]
    [DataRow("Overrides=\"a\" Note=\"Override\"", 0)]
    public void TheAttributeIsFoundAmongWordsLikeIt(string attributes, int count) =>
        Assert.HasCount(count, ProjectFiles.Find([Write("a.proj", $"<Project><UsingTask TaskName=\"Exec\" {attributes} /></Project>")]).ToList());

    [TestMethod]
    [DataRow("utf-8")]
    [DataRow("utf-16")]
    [DataRow("utf-16BE")]
    public void InEveryEncoding(string name)
    {
        var file = Write("a.proj", "");
        File.WriteAllText(file, "<Project><PropertyGroup><BuildGuardSlots>ü</BuildGuardSlots></PropertyGroup></Project>", Encoding.GetEncoding(name));
        Assert.HasCount(1, ProjectFiles.Find([file]).ToList());
    }

    [TestMethod]
    public void AFileThatChangesIsReadAgain()
    {
        var file = Write("a.proj", "<Project><PropertyGroup><BuildGuardSlots>2</BuildGuardSlots></PropertyGroup></Project>");
        Assert.HasCount(1, ProjectFiles.Find([file]).ToList());
        Write("a.proj", "<Project />");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(1));
        Assert.IsEmpty(ProjectFiles.Find([file]).ToList());
    }

    [TestMethod]
    public void AnyNameWillDo() =>
        Assert.HasCount(1, ProjectFiles.Find([Write("a %41#;'.proj", "<Project><PropertyGroup><BuildGuardSlots>2</BuildGuardSlots></PropertyGroup></Project>")]).ToList());

    [TestMethod]
    public void WhatIsNoProjectHasNothing() =>
        Assert.IsEmpty(ProjectFiles.Find([Write("a.proj", "<Project><BuildGuard"), Path.Combine(_directory, "none")]).ToList());

    [TestMethod]
    [DataRow("true", true)]
    [DataRow("Yes", true)]
    [DataRow("!off", true)]
    [DataRow("false", false)]
    [DataRow("", false)]
    [DataRow("1", false)]
    public void MSBuildHasSeveralWordsForYes(string value, bool isTrue) => Assert.AreEqual(isTrue, MSBuildSyntax.IsTrue(value));

    private string Write(string name, string text)
    {
        var file = Path.Combine(_directory, name);
        File.WriteAllText(file, text);
        return file;
    }
}
