using System.Text;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Platform.Tests.Parsing;

[TestClass]
public sealed class ProcStatTests
{
    private const string Tail = " S 41 42 42 0 -1 4194560 1 2 3 4 70 30 5 6 20 0 1 0 98765 1000 200 18446744073709551615 0 0";

    [TestMethod]
    [DataRow("sh")]
    [DataRow("a b")]
    [DataRow(") R 1 (")]
    [DataRow("))))")]
    [DataRow("")]
    [DataRow("tab\tnew\nline")]
    public void AnyNameIsRead(string name)
    {
        Assert.IsTrue(ProcStat.TryParse(Encoding.UTF8.GetBytes($"43 ({name}){Tail}"), out ProcStat stat));
        Assert.AreEqual(new ProcStat(43, name, 'S', 41, 100, 1, 98765) { Memory = new MemoryTrace(1 + 3, 1000, 200) }, stat);
    }

    /// <summary>PF_FORKNOEXEC: a process reads its own, and the flag goes away with exec(2).</summary>
    [TestMethod]
    [DataRow(4194560, false)]
    [DataRow(4194560 | 0x40, true)]
    public void AForkOfItsParentIsTold(int flags, bool isFork)
    {
        Assert.IsTrue(ProcStat.TryParse(Encoding.UTF8.GetBytes("43 (sh)" + Tail.Replace("4194560", $"{flags}", StringComparison.Ordinal)), out ProcStat stat));
        Assert.AreEqual(isFork, stat.IsForkOfParent);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("43")]
    [DataRow("43 (sh")]
    [DataRow("43 (sh)")]
    [DataRow("43 (sh) S")]
    [DataRow("43 (sh) S 41 42 x 0 -1 4194560 1 2 3 4 70")]
    [DataRow("(sh) S 41")]
    [DataRow(") 43 ( S 1 1 1")]
    [DataRow("x (sh) S 41 42 42 0 -1 4194560 1 2 3 4 70 30 5 6 20 0 1 0 98765 1000 200")]
    [DataRow("43 (sh) S x 42 42 0 -1 4194560 1 2 3 4 70 30 5 6 20 0 1 0 98765 1000 200")]
    public void WhatIsNoStatLineIsRefused(string line) =>
        Assert.IsFalse(ProcStat.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [TestMethod]
    [DataRow('S', 1, true)]
    [DataRow('T', 1, true)]
    [DataRow('Z', 1, false)]
    [DataRow('Z', 2, true)]
    [DataRow('X', 2, false)]
    public void AZombieRunsIfOtherThreadsDo(char state, int threads, bool runs)
    {
        Assert.IsTrue(ProcStat.TryParse(Encoding.UTF8.GetBytes($"43 (sh) {state} 41 42 42 0 -1 4194560 1 2 3 4 70 30 5 6 20 0 {threads} 0 98765 1000 200"), out ProcStat stat));
        Assert.AreEqual(runs, stat.Runs);
    }

    [TestMethod]
    public void RandomBytesNeverThrow()
    {
        var random = new Random(4711);
        byte[] bytes = Encoding.UTF8.GetBytes($"43 (sh){Tail}");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] copy = [.. bytes];
            for (int j = 0; j < 4; j++)
            {
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            }

            _ = ProcStat.TryParse(copy.AsSpan(0, random.Next(copy.Length + 1)), out _);
        }
    }

    [TestMethod]
    public void FieldsAreFoundByTheirWholeName()
    {
        ReadOnlySpan<byte> text = "RssAnonymous 1\nRssAnon:\t  42 kB\noom_kill 7"u8;

        Assert.AreEqual(42, ProcFile.Field(text, "RssAnon"u8));
        Assert.AreEqual(7, ProcFile.Field(text, "oom_kill"u8));
        Assert.AreEqual(-1, ProcFile.Field(text, "oom"u8));
        Assert.AreEqual(long.MaxValue, ProcFile.Number("max\n"u8));
        Assert.AreEqual(-1, ProcFile.Number("garbage"u8));
    }
}
