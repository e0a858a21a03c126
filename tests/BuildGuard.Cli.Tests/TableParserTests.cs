using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Runs;
using CsCheck;

namespace BuildGuard.Cli.Tests;

/// <summary>The table parser and the command tree are built from one table, and must understand the same.</summary>
[TestClass]
public sealed class TableParserTests
{
    private static readonly ParserConfiguration Parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private static readonly Gen<string> Value = Gen.OneOf("4G", "x", "", "a b", "ä", "1h30m", "a=b", "a:b", "wait:3s", "@file", "0");

    private static readonly Gen<string[]> OptionWords = Gen.Select(Gen.Int[0, RunOptions.All.Length - 1], Value, Gen.Int[0, 2]).Select((index, value, form) =>
    {
        OptionSpec option = RunOptions.All[index];
        return option.Value is null ? [option.Name]
            : form == 0 || value.Length == 0 ? new[] { option.Name, value }
            : [$"{option.Name}{(form == 1 ? '=' : ':')}{value}"];
    });

    private static readonly Gen<string[]> Command = Gen.OneOf<string[]>(
        [], ["--"], ["--", "true"], ["true"], ["dotnet", "build", "--label", "x"], ["--", "--memory"], ["echo", "--", "--help"], ["--", "a", "", "-h"], ["a", "-x", "--quiet"]);

    [TestMethod]
    public void What_the_table_understands_the_tree_understands_the_same() =>
        Gen.Select(OptionWords.Array[0, 4], Command).Sample(
            (options, command) =>
            {
                string[] words = [.. options.SelectMany(o => o), .. command];
                bool understood = TableParser.TryParse(RunOptions.All, words, takesCommand: true, out ParsedLine line, out string problem);
                ParseResult tree = CommandTree.Build(new Composition()).Parse(["run", .. words], Parsing);
                Assert.AreEqual(understood, tree.Errors.Count == 0, $"{string.Join('|', words)}: {problem}{string.Join(' ', tree.Errors)}");
                if (understood)
                {
                    AssertSame(line, tree);
                }
                else
                {
                    Assert.AreNotEqual("", problem);
                }
            },
            iter: 2000);

    [TestMethod]
    public void Nothing_that_is_typed_makes_it_throw() =>
        Gen.OneOf<string>(Gen.String, Gen.OneOf("--", "-", "--memory", "--memory=", "--quiet", "--keep", "-h", "=", ":")).Array[0, 6].Sample(words =>
            TableParser.TryParse(RunOptions.All, words, takesCommand: true, out ParsedLine line, out _) == line.Command.Length > 0);

    [TestMethod]
    [DataRow("run -- a --quiet", "a --quiet", "")]
    [DataRow("run a --quiet", "a --quiet", "")]
    [DataRow("run --quiet a", "a", "--quiet=")]
    [DataRow("run --keep a --keep=b c", "c", "--keep=a --keep=b")]
    [DataRow("run -- -- a", "-- a", "")]
    public void A_command_begins_with_the_first_word_that_is_no_option(string words, string command, string options)
    {
        Assert.IsTrue(TableParser.TryParse(RunOptions.All, words.Split(' ').AsSpan(1), takesCommand: true, out ParsedLine line, out _));
        Assert.AreEqual(command, string.Join(' ', line.Command));
        Assert.AreEqual(options, string.Join(' ', line.Given.Select(g => $"{g.Option.Name}={g.Text}")));
    }

    [TestMethod]
    public void Names_to_keep_become_one_setting()
    {
        Assert.IsTrue(TableParser.TryParse(RunOptions.All, ["--keep", "a", "--quiet", "--keep", "b", "--", "c"], takesCommand: true, out ParsedLine line, out _));
        Assert.AreEqual("Keep=a;b (--keep) Quiet=true (--quiet)", string.Join(' ', line.Settings()));
    }

    [TestMethod]
    [DataRow("--help")]
    [DataRow("-h")]
    [DataRow("-?")]
    public void Help_is_no_mistake(string word)
    {
        Assert.IsFalse(TableParser.TryParse(RunOptions.All, [word], takesCommand: true, out _, out string problem));
        Assert.AreEqual("", problem);
    }

    private static void AssertSame(ParsedLine line, ParseResult tree)
    {
        CollectionAssert.AreEqual(line.Command.ToArray(), tree.GetValue<string[]>("command"));
        foreach (OptionSpec option in RunOptions.All)
        {
            if (option.Value is null)
            {
                Assert.AreEqual(line.Has(option), tree.GetValue<bool>(option.Name), option.Name);
            }
            else if (option.IsRepeatable)
            {
                CollectionAssert.AreEqual(line.All(option).ToArray(), tree.GetValue<string[]>(option.Name) ?? [], option.Name);
            }
            else
            {
                Assert.AreEqual(line.Text(option), tree.GetValue<string>(option.Name), option.Name);
            }
        }
    }
}
