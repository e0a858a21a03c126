using System.Text;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;
using CsCheck;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class SettingsFileTests
{
    private const string Path = "/src/buildguard.json";

    [TestMethod]
    public void Every_kind_of_value_is_read_with_comments_and_trailing_commas()
    {
        SettingInput[] inputs = Parse("""
            {
              // for the editor
              "$schema": "https://example.org/schema.json",
              "maxMemory": "4G", /* as the agent has */
              "maxProcesses": 30,
              "maxLoad": 12.5,
              "sequentialTests": false,
              "keep": ["adb", "ccache"],
            }
            """);
        Assert.AreEqual(
            "MaxMemory=4G MaxProcesses=30 MaxLoad=12.5 SequentialTests=false Keep=adb;ccache",
            string.Join(' ', inputs.Select(i => $"{i.Setting.Name()}={i.Text}")));
        Assert.AreEqual("MaxMemory=4G (/src/buildguard.json)", inputs[0].ToString());
    }

    [TestMethod]
    [DataRow("{\n  \"maxMemroy\": \"4G\"\n}", 2, 3, "there is no setting 'maxMemroy'; did you mean 'maxMemory'?")]
    [DataRow("{\n  \"hold\": \"Build\"\n}", 2, 3, "there is no setting 'hold' in this file: only the MSBuild property BuildGuardHold sets that")]
    [DataRow("{\n  \"MaxMemory\": \"4G\"\n}", 2, 3, "there is no setting 'MaxMemory'; did you mean 'maxMemory'?")]
    [DataRow("{\"slots\": 1,\n\"maxMemory\": \"lots\"}", 2, 14, "this is no value of 'maxMemory': expected a size such as 512M")]
    [DataRow("{\"slots\": -1}", 1, 11, "this is no value of 'slots': expected a whole number from 1 to 1024")]
    [DataRow("{\"slots\": {}}", 1, 11, "this is no value of 'slots'")]
    [DataRow("{\"slots\": null}", 1, 11, "this is no value of 'slots'")]
    [DataRow("{\"slots\": [1]}", 1, 11, "this is no value of 'slots'")]
    [DataRow("{\"keep\": [\"a\", 1]}", 1, 10, "this is no value of 'keep'")]
    [DataRow("{\"keep\": [\"a/b\"]}", 1, 10, "this is no value of 'keep'")]
    [DataRow("{\"slots\": 1,\n \"slots\": 2}", 2, 2, "'slots' stands here twice")]
    [DataRow("[]", 1, 1, "expected an object")]
    [DataRow("", 1, 1, "this is not JSON")]
    [DataRow("{\n\n  garbage\n}", 3, 3, "this is not JSON")]
    [DataRow("{\"slots\": 1", 1, 12, "this is not JSON")]
    [DataRow("{\"slots\": 1} {}", 1, 14, "this is not JSON")]
    [DataRow("{\"slots\": 1} x", 1, 14, "this is not JSON")]
    [DataRow("{\n\"äöü\": \"€\", \"slots\": 0}", 2, 1, "there is no setting 'äöü'")]
    [DataRow("{\"lock\": \"Ünsinn €\",\n\"slots\": 0}", 1, 10, "this is no value of 'lock'")]
    public void A_mistake_is_named_with_line_and_column(string json, int line, int column, string problem)
    {
        GuardMessage message = Assert.ThrowsExactly<GuardException>(() => Parse(json)).Problem;
        Assert.AreEqual("BG0004", message.Code);
        StringAssert.StartsWith(message.Text, $"{Path}({line},{column}): {problem}");
    }

    [TestMethod]
    public void Columns_count_characters_and_not_bytes()
    {
        GuardMessage message = Assert.ThrowsExactly<GuardException>(() => Parse("{/*äöü*/\"slot\": 1}")).Problem;
        StringAssert.StartsWith(message.Text, $"{Path}(1,9): there is no setting 'slot'; did you mean 'slots'?");
    }

    [TestMethod]
    public void A_byte_order_mark_is_no_mistake() => Assert.AreEqual(1, Parse("\uFEFF{\"slots\": 2}").Length);

    [TestMethod]
    public void A_file_of_more_than_a_megabyte_is_refused_in_one_line()
    {
        GuardMessage message = Assert.ThrowsExactly<GuardException>(() => SettingsFile.Parse(new byte[SettingsFile.MaxBytes + 1], Path)).Problem;
        Assert.AreEqual("/src/buildguard.json cannot be read: it is larger than 1M", message.Text);
    }

    [TestMethod]
    public void Garbage_is_refused_in_one_line_and_nothing_else_happens()
    {
        byte[] good = Encoding.UTF8.GetBytes("{ \"maxMemory\": \"4G\", \"keep\": [\"adb\"], \"slots\": 2, \"maxLoad\": 9.5 } // end");
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, with, length) =>
        {
            byte[] bytes = [.. good];
            bytes[at] = with;
            try
            {
                SettingsFile.Parse(bytes.AsSpan(0, length), Path);
                return true;
            }
            catch (GuardException e)
            {
                return e.Problem.Code == "BG0004" && !e.Problem.Text.Contains('\n', StringComparison.Ordinal);
            }
        });
    }

    [TestMethod]
    public void The_nearest_file_above_is_taken_and_only_that()
    {
        var files = new FakeSettingsFiles(("/", "{\"slots\": 9}"), ("/a", "{\"slots\": 2}"), ("/a/b/c/d", "{\"slots\": 4}"));
        Assert.AreEqual("Slots=2 (/a/buildguard.json)", SettingsFile.ReadNearest(files, "/a/b/c").Single().ToString());
        Assert.AreEqual("Slots=9 (/buildguard.json)", SettingsFile.ReadNearest(files, "/x").Single().ToString());
        Assert.AreEqual(0, SettingsFile.ReadNearest(new FakeSettingsFiles(), "/a/b").Length);
    }

    [TestMethod]
    public void A_file_that_must_not_be_read_is_a_mistake_and_not_skipped()
    {
        GuardMessage message = Assert.ThrowsExactly<GuardException>(
            () => SettingsFile.ReadNearest(new FakeSettingsFiles(("/a", "unreadable"), ("/", "{}")), "/a/b")).Problem;
        Assert.AreEqual("BG0004", message.Code);
        Assert.AreEqual("/a/buildguard.json cannot be read: permission denied", message.Text);
    }

    private static SettingInput[] Parse(string json) => SettingsFile.Parse(Encoding.UTF8.GetBytes(json), Path);
}
