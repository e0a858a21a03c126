using System.Text.RegularExpressions;

namespace BuildGuard.Integration.Execs;

/// <summary>A guarded Exec does what the stock one does: the same project is built with both.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ExecEqualityTests
{
    /// <summary>The rows in which the task refuses its parameters, or the directory is not there.</summary>
    private const int NeverStarted = 6;

    private static readonly (string Name, string Attributes)[] Table =
    [
        ("exit0", "Command=\"true\""),
        ("exit3", "Command=\"exit 3\""),
        ("exit255", "Command=\"exit 255\""),
        ("exit75", "Command=\"exit 75\""),
        ("exit124", "Command=\"exit 124\""),
        ("exit125", "Command=\"exit 125\""),
        ("exit137", "Command=\"exit 137\""),
        ("notfound", "Command=\"no-such-command-at-all\""),
        ("ignored", "Command=\"exit 3\" IgnoreExitCode=\"true\""),
        ("ignored137", "Command=\"exit 137\" IgnoreExitCode=\"true\""),
        ("signal", "Command=\"kill -TERM $$\""),
        ("signal9", "Command=\"kill -KILL $$\""),
        ("output", "Command=\"echo out; echo more\" ConsoleToMSBuild=\"true\""),
        ("nonewline", "Command=\"printf 'no newline'\" ConsoleToMSBuild=\"true\""),
        ("many", "Command=\"seq 1 2000\" ConsoleToMSBuild=\"true\" StandardOutputImportance=\"low\""),
        ("stderr", "Command=\"echo err &gt;&amp;2\" LogStandardErrorAsError=\"true\""),
        ("echooff", "Command=\"echo quiet\" EchoOff=\"true\" ConsoleToMSBuild=\"true\""),
        ("canonical", "Command=\"echo 'a.c(1,2): error X123: broken'\""),
        ("canonicalwarning", "Command=\"echo 'a.c(1,2): warning X123: bent'\""),
        ("noncanonical", "Command=\"echo 'a.c(1,2): error X123: broken'\" IgnoreStandardErrorWarningFormat=\"true\""),
        ("custom", "Command=\"echo 'OOPS it broke'\" CustomErrorRegularExpression=\"^OOPS\""),
        ("directory", "Command=\"pwd\" WorkingDirectory=\"sub dir\" ConsoleToMSBuild=\"true\""),
        ("nodirectory", "Command=\"pwd\" WorkingDirectory=\"no such\""),
        ("variables", "Command=\"echo $A-$B\" EnvironmentVariables=\"A=1;B=two words\" ConsoleToMSBuild=\"true\""),
        ("badvariable", "Command=\"true\" EnvironmentVariables=\"A\""),
        ("quotes", "Command=\"printf '%25s|' 'a b' &quot;c d&quot; e\\ f '' &quot;g&quot;&quot;h&quot;\" ConsoleToMSBuild=\"true\""),
        ("specials", "Command=\"printf '%25s|' '$HOME' '*' ';' '%25PATH%25' '\\n' '(x)' '^'\" ConsoleToMSBuild=\"true\""),
        ("lines", "Command=\"echo one%0aecho two\" ConsoleToMSBuild=\"true\""),
        ("unicode", "Command=\"echo grüße 漢字 🎯\" ConsoleToMSBuild=\"true\""),
        ("latin", "Command=\"printf 'gr\\374n\\n'\" StdOutEncoding=\"iso-8859-1\" ConsoleToMSBuild=\"true\""),
        ("input", "Command=\"cat; echo end\" ConsoleToMSBuild=\"true\""),
        ("outputs", "Command=\"true\" Outputs=\"a;b\""),
        ("timeout", "Command=\"sleep 100\" Timeout=\"300\""),
        ("timeoutignored", "Command=\"sleep 100\" Timeout=\"300\" IgnoreExitCode=\"true\""),
        ("continued", "Command=\"exit 4\" ContinueOnError=\"WarnAndContinue\""),
        ("descriptors", "Command=\"ls /proc/self/fd | wc -l\" ConsoleToMSBuild=\"true\""),
        ("signals", "Command=\"grep -E 'SigIgn|SigBlk' /proc/self/status\" ConsoleToMSBuild=\"true\""),
        ("brokenpipe", "Command=\"(yes; echo $? &gt;&amp;2) | true\" ConsoleToMSBuild=\"true\""),
        ("umask", "Command=\"umask; ulimit -c\" ConsoleToMSBuild=\"true\""),

        // What MSBuild's own tests of the task try, as far as it means something here.
        ("missingfile", "Command=\"cp thisisanonexistentfile thatisanonexistentfile\""),
        ("windowslines", "Command=\"echo hello%0d%0a%0d%0a\""),
        ("exit120", "Command=\"exit 120\""),
        ("loggedignored", "Command=\"echo 'myfile(88,37): error AB1234: broken'\" IgnoreExitCode=\"true\""),
        ("pipesyntax", "Command=\"dir ||invalid||\" IgnoreExitCode=\"true\""),
        ("elsewhere", "Command=\"echo [$PWD]\" WorkingDirectory=\"/usr/lib\""),
        ("uncdirectory", "Command=\"pwd\" WorkingDirectory=\"\\\\thiscomputerdoesnotexistxyz\\thiscomputerdoesnotexistxyz\""),
        ("bogusregexes", "Command=\"echo Some output ; echo Some output ; echo Some output\" CustomErrorRegularExpression=\"~!@#$%25^_)(*&amp;^%25$#@@#XF &amp;%25^%25T$REd((((([[[[\" CustomWarningRegularExpression=\"*\""),
        ("customwarning", "Command=\"echo Some output ; echo YOOHOO:This is a warning\" CustomWarningRegularExpression=\".*YOOHOO.*\""),
        ("customandstandard", "Command=\"echo 'myfile(88,37): error AB1234: broken' ; echo foo: warning CDE1234: bent ; echo YOGI ; echo BEAR ; echo content\" CustomWarningRegularExpression=\".*BEAR.*\" CustomErrorRegularExpression=\".*YOGI.*\""),
        ("bothmatch", "Command=\"echo 'myfile(88,37): error AB1234: canonicale' ; echo foo: warning CDE1234: canonicalw\" CustomErrorRegularExpression=\".*canonicale.*\" CustomWarningRegularExpression=\".*canonicalw.*\""),
        ("errorwins", "Command=\"echo YOGI BEAR \" CustomErrorRegularExpression=\".*YOGI.*\" CustomWarningRegularExpression=\".*BEAR.*\""),
        ("curly", "Command=\"echo unmatched curly {\""),
        ("curlyignored", "Command=\"echo unmatched curly {0\" IgnoreStandardErrorWarningFormat=\"true\""),
        ("blank", "Command=\"   \""),
        ("errorlevel", "Command=\"echo innocuous\" EnvironmentVariables=\"errorlevel=1\""),
        ("nooutput", "Command=\"set foo=blah\" ConsoleToMSBuild=\"true\""),
        ("bothstreams", "Command=\"echo Hello stderr 1&gt;&amp;2%0asleep 0.2; echo Hello stdout\" ConsoleToMSBuild=\"true\""),
        ("utf8always", "Command=\"echo \u521b\u5efa\" UseUtf8Encoding=\"Always\" ConsoleToMSBuild=\"true\""),
        ("utf8never", "Command=\"echo \u521b\u5efa\" UseUtf8Encoding=\"Never\" ConsoleToMSBuild=\"true\""),
        ("utf8wrong", "Command=\"echo a\" UseUtf8Encoding=\"Perhaps\""),
        ("ascii", "Command=\"printf 'gr\\374n\\n' &gt;&amp;2\" StdErrEncoding=\"US-ASCII\" StdOutEncoding=\"US-ASCII\""),
        ("noencoding", "Command=\"true\" StdOutEncoding=\"no such encoding\""),
        ("erroraserror", "Command=\"echo plain &gt;&amp;2; echo 'a.c(1): warning W1: bent' &gt;&amp;2\" LogStandardErrorAsError=\"true\" CustomWarningRegularExpression=\"plain\""),
        ("importance", "Command=\"echo low out; echo high err &gt;&amp;2\" StandardOutputImportance=\"low\" StandardErrorImportance=\"high\""),
        ("badimportance", "Command=\"true\" StandardOutputImportance=\"loud\""),
        ("yields", "Command=\"echo yields\" YieldDuringToolExecution=\"true\""),
        ("batchlike", "Command=\"%0afor i in 1 2; do%0a  echo line $i%0adone%0a%0aexit 5%0a\""),
        ("temporary", "Command=\"case $0 in *.exec.cmd) echo script;; *) echo $0;; esac; echo $TMPDIR\""),
        ("outputsmade", "Command=\"echo x &gt; made\" Outputs=\"made\""),
    ];

    private static readonly Dictionary<string, string> Stock = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, string> Guarded = new(StringComparer.Ordinal);
    private static Workspace s_workspace = null!;
    private static string s_temporary = null!;

    /// <summary>The names in the table.</summary>
    public static IEnumerable<object[]> Names => Table.Select(row => new object[] { row.Name });

    [ClassInitialize]
    public static void BuildBoth(TestContext context)
    {
        _ = context;
        s_workspace = new Workspace();
        s_workspace.Environment["TMPDIR"] = s_temporary = Directory.CreateDirectory(s_workspace.PathOf("temporary")).FullName;
        Directory.CreateDirectory(s_workspace.PathOf("sub dir"));
        var rows = Table.Select(row => $"""
            <Message Importance="high" Text="ROW {row.Name}" />
            <Exec {row.Attributes}{(row.Attributes.Contains("ContinueOnError", StringComparison.Ordinal) ? "" : " ContinueOnError=\"ErrorAndContinue\"")}>
              <Output TaskParameter="ExitCode" PropertyName="Code" /><Output TaskParameter="ConsoleOutput" ItemName="Line{row.Name}" /><Output TaskParameter="Outputs" ItemName="Made{row.Name}" />
            </Exec>
            <Message Importance="high" Text="code $(Code) success $(MSBuildLastTaskResult) lines [@(Line{row.Name}, '|')] outputs [@(Made{row.Name})]" />
            """);
        s_workspace.WriteBare("table.proj", "", $"<Target Name=\"Build\">{string.Concat(rows)}</Target>");

        Read(s_workspace.Build("table.proj", "-p:BuildGuardEnabled=false", "-v:n"), Stock);
        Assert.IsEmpty(s_workspace.Audit.Acquired("operation"));
        Read(s_workspace.Build("table.proj", "-v:n"), Guarded);
        Assert.AreEqual(Table.Length - NeverStarted, s_workspace.Audit.Acquired("operation").Count);
    }

    [ClassCleanup]
    public static void Delete() => s_workspace.Dispose();

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void GuardedEqualsStock(string name)
    {
        Assert.IsGreaterThan(0, Stock[name].Length);
        Assert.AreEqual(Stock[name], Guarded[name]);
    }

    [TestMethod]
    public void NoFileOfTheTasksIsLeft()
    {
        // An operation of which its helper has something to say; what runs in it tells where.
        s_workspace.WriteBare("orphan.proj", "", """
            <Target Name="Build"><Exec Command="tr '\0' '\n' &lt; /proc/$PPID/cmdline | grep 'jsonl$'; sleep 1000 &amp;" /></Target>
            """);
        var result = s_workspace.Build("orphan.proj").Succeeds().Says("BG4001");
        StringAssert.Matches(result.Output, new(Regex.Escape(s_temporary) + @"/buildguard-\w+\.jsonl"));
        Assert.IsEmpty(Directory.GetFiles(s_temporary, "buildguard-*.jsonl"));
    }

    /// <summary>Each batch is a command of its own, and the last one fails.</summary>
    [TestMethod]
    public void TwoHundredBatchesSayTheSameInTheSameOrder()
    {
        s_workspace.WriteBare("batches.proj", "", $"""
            <ItemGroup><Batch Include="{string.Join(';', Enumerable.Range(1, 200))}" /></ItemGroup>
            <Target Name="Build"><Exec Command="echo batch %(Batch.Identity); echo aside %(Batch.Identity) 1&gt;&amp;2; test %(Batch.Identity) != 200 || exit 7" EchoOff="true" /></Target>
            """);
        var results = new[] { "true", "false" }.Select(isGuarded => s_workspace.Build("batches.proj", "-p:BuildGuardExec=" + isGuarded)).ToArray();

        Assert.AreEqual(results[1].ExitCode, results[0].ExitCode, results[0].ToString());
        results[0].FailsWith("MSB3073").Says("exited with code 7");
        foreach (var word in (string[])["batch ", "aside "])
        {
            CollectionAssert.AreEqual(
                Enumerable.Range(1, 200).Select(number => word + number).ToArray(),
                results[0].Lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).ToArray(),
                results[0].ToString());
            CollectionAssert.AreEqual(
                results[1].Lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).ToArray(),
                results[0].Lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).ToArray());
        }
    }

    private static void Read(Result result, Dictionary<string, string> rows)
    {
        var name = "";
        foreach (var line in result.Lines.TakeWhile(line => !line.StartsWith("Build FAILED", StringComparison.Ordinal) && !line.StartsWith("Build succeeded", StringComparison.Ordinal)))
        {
            if (line.StartsWith("ROW ", StringComparison.Ordinal))
            {
                name = line[4..];
                rows[name] = "";
            }
            else if (name.Length > 0 && !Regex.IsMatch(line, @"error MSB(6003|4018):\s+at "))
            {
                // The script's name differs from run to run.
                rows[name] += Regex.Replace(line, "/[^ ]*/?MSBuildTemp[^ :]*", "SCRIPT") + "\n";
            }
        }

        Assert.HasCount(Table.Length, rows, result.ToString());
    }
}
