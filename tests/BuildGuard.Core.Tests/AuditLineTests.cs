using System.Text;
using System.Text.Json;
using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Leases;
using CsCheck;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class AuditLineTests
{
    private static readonly AuditRecord Full = new()
    {
        Event = AuditEvent.Released,
        Time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero),
        Lease = "user/12-9f3a77b0",
        Pid = 4711,
        Kind = LeaseKind.Operation,
        Label = "tests",
        Command = "dotnet test \"A B.csproj\" --filter 'x & y'",
        WorkingDirectory = "/src/äöü €",
        User = "ann",
        Position = 3,
        WaitedMilliseconds = 1200,
        DurationMilliseconds = 34_000,
        PeakMemoryBytes = 3L << 30,
        Memory = new MemorySeries(80, [1 << 20, 3L << 30, 0]),
        PeakProcesses = 14,
        CpuMilliseconds = 21_000,
        ExitCode = 137,
        Outcome = "memory",
        Containment = Rung.CgroupV1,
        Code = "BG3001",
        Reason = "memory limit of 3G reached",
        Processes = [new AuditProcess(7, "sleep", "sleep 60", 400 << 10, 3000), new AuditProcess(8, "adb", null, null, null, Kept: true)],
    };

    [TestMethod]
    public void What_is_written_is_read_again()
    {
        ReadOnlySpan<byte> line = AuditLine.Write(Full);
        Assert.AreEqual((byte)'\n', line[^1]);
        Assert.IsTrue(AuditLine.TryRead(line[..^1], out AuditRecord read));
        CollectionAssert.AreEqual(Full.Processes!.ToArray(), read.Processes!.ToArray());
        Assert.AreEqual(80, read.Memory!.EveryMilliseconds);
        CollectionAssert.AreEqual(Full.Memory!.Bytes.ToArray(), read.Memory.Bytes.ToArray());
        Assert.AreEqual(Full with { Processes = null, Memory = null }, read with { Processes = null, Memory = null });
    }

    [TestMethod]
    public void Members_have_the_names_of_the_contract()
    {
        using JsonDocument document = JsonDocument.Parse(AuditLine.Write(Full).ToArray());
        Assert.AreEqual(
            "schemaVersion time event lease pid kind label command cwd user position waitedMs durationMs peakMemoryBytes memory peakProcesses cpuMs exitCode outcome containment code reason processes",
            string.Join(' ', document.RootElement.EnumerateObject().Select(p => p.Name)));
        Assert.AreEqual("2026-03-01T12:00:00.123Z", document.RootElement.GetProperty("time").GetString());
        Assert.AreEqual("{\"everyMs\":80,\"bytes\":[1048576,3221225472,0]}", document.RootElement.GetProperty("memory").GetRawText());
        Assert.AreEqual("cgroupV1", document.RootElement.GetProperty("containment").GetString());
    }

    [TestMethod]
    public void Time_lease_pid_and_command_are_always_there()
    {
        using JsonDocument document = JsonDocument.Parse(AuditLine.Write(new AuditRecord { Event = AuditEvent.Refused }).ToArray());
        Assert.AreEqual(
            "schemaVersion time event lease pid command", string.Join(' ', document.RootElement.EnumerateObject().Select(p => p.Name)));
    }

    [TestMethod]
    public void Any_text_makes_one_line_that_is_read_again() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int).Sample((label, command, pid) =>
        {
            var record = new AuditRecord { Event = AuditEvent.Acquired, Label = label, Command = command, Pid = pid };
            byte[] line = AuditLine.Write(record).ToArray();
            return line.Count(b => b == (byte)'\n') == 1
                && AuditLine.TryRead(line.AsSpan(0, line.Length - 1), out AuditRecord read)
                && read.Pid == pid
                && read.Label == Repaired(label)
                && read.Command == Repaired(command);
        });

    [TestMethod]
    public void Damaged_bytes_are_refused_and_never_throw()
    {
        byte[] good = AuditLine.Write(Full).ToArray()[..^1];
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length], Gen.Int[0, good.Length - 1], Gen.Byte).Sample((at, with, length, at2, with2) =>
        {
            byte[] bytes = [.. good];
            bytes[at] = with;
            bytes[at2] = with2;
            _ = AuditLine.TryRead(bytes.AsSpan(0, length), out _);
            return true;
        });
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("null")]
    [DataRow("{}")]
    [DataRow("{\"event\":\"acquired\"}")]
    [DataRow("{\"event\":\"acquired\",\"time\":\"yesterday\"}")]
    [DataRow("{\"event\":\"acquired\",\"time\":5}")]
    [DataRow("{\"event\":\"invented\",\"time\":\"2026-03-01T12:00:00.123Z\"}")]
    [DataRow("{\"event\":\"acquired\",\"time\":\"2026-03-01T12:00:00.123Z\"} x")]
    [DataRow("{\"event\":\"acquired\",\"time\":\"2026-03-01T12:00:00.123Z\"")]
    public void What_is_not_ours_is_refused(string line) => Assert.IsFalse(AuditLine.TryRead(Encoding.UTF8.GetBytes(line), out _));

    [TestMethod]
    public void Unknown_members_and_wrong_kinds_are_left_out()
    {
        Assert.IsTrue(AuditLine.TryRead(
            "{\"event\":\"killed\",\"time\":\"2026-03-01T12:00:00Z\",\"pid\":\"x\",\"exitCode\":1.5,\"new\":{},\"processes\":[1,{\"pid\":99999999999}]}"u8, out AuditRecord record));
        Assert.AreEqual(0, record.Pid);
        Assert.IsNull(record.ExitCode);
        Assert.AreEqual(new AuditProcess(0, "", null), record.Processes!.Single());
    }

    [TestMethod]
    [DataRow("null")]
    [DataRow("7")]
    [DataRow("[1,2]")]
    [DataRow("{}")]
    [DataRow("{\"everyMs\":20}")]
    [DataRow("{\"bytes\":[1,2]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":7}")]
    [DataRow("{\"everyMs\":20,\"bytes\":{\"0\":1}}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[1,-1]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[1,1.5]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[1,\"NaN\"]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[1,null]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[1,[2]]}")]
    [DataRow("{\"everyMs\":20,\"bytes\":[1,9223372036854775808]}")]
    [DataRow("{\"everyMs\":0,\"bytes\":[1,2]}")]
    [DataRow("{\"everyMs\":-20,\"bytes\":[1,2]}")]
    [DataRow("{\"everyMs\":9e99,\"bytes\":[1,2]}")]
    [DataRow("{\"everyMs\":9223372036854775807,\"bytes\":[1,2]}")]
    public void A_series_with_anything_wrong_in_it_is_left_out_and_the_rest_is_read(string memory)
    {
        Assert.IsTrue(AuditLine.TryRead(
            Encoding.UTF8.GetBytes($"{{\"event\":\"released\",\"time\":\"2026-03-01T12:00:00Z\",\"peakMemoryBytes\":5,\"memory\":{memory},\"exitCode\":3}}"), out AuditRecord record));
        Assert.IsNull(record.Memory);
        Assert.AreEqual((5L, 3), (record.PeakMemoryBytes, record.ExitCode));
    }

    [TestMethod]
    public void What_is_not_a_number_for_JSON_makes_no_line() => Assert.IsFalse(AuditLine.TryRead(
        "{\"event\":\"released\",\"time\":\"2026-03-01T12:00:00Z\",\"memory\":{\"everyMs\":20,\"bytes\":[1,NaN]}}"u8, out _));

    [TestMethod]
    [DataRow(1, true)]
    [DataRow(64, true)]
    [DataRow(65, false)]
    [DataRow(100_000, false)]
    public void A_series_is_never_longer_than_ours(int points, bool isRead)
    {
        string bytes = string.Join(',', Enumerable.Repeat("12345678", points));
        Assert.IsTrue(AuditLine.TryRead(
            Encoding.UTF8.GetBytes($"{{\"event\":\"released\",\"time\":\"2026-03-01T12:00:00Z\",\"memory\":{{\"everyMs\":20,\"bytes\":[{bytes}]}}}}"), out AuditRecord record));
        Assert.AreEqual(isRead ? points : null, record.Memory?.Bytes.Count);
    }

    [TestMethod]
    public void A_series_takes_little_of_a_line()
    {
        int without = AuditLine.Write(Full with { Memory = null }).Length;
        int with = AuditLine.Write(Full with { Memory = new MemorySeries(1_310_720, [.. Enumerable.Repeat(8L << 30, MemorySeries.MostPoints)]) }).Length;
        Assert.IsLessThan(800, with - without);
    }

    [TestMethod]
    public void A_line_stays_small_whatever_ran()
    {
        AuditProcess[] many = [.. Enumerable.Range(0, 5000).Select(i => new AuditProcess(i, new string('n', 16), new string('c', 100_000)))];
        ReadOnlySpan<byte> line = AuditLine.Write(Full with { Command = new string('x', 2_000_000), Processes = many });
        Assert.IsLessThan(64 * 1024, line.Length);
        using JsonDocument document = JsonDocument.Parse(line.ToArray());
        Assert.AreEqual(5000 - 64, document.RootElement.GetProperty("moreProcesses").GetInt32());
    }

    [TestMethod]
    public void Every_event_has_its_word() =>
        CollectionAssert.IsSubsetOf(
            "enqueued acquired released refused breach killed orphan stalled stopped degraded".Split(' '),
            Enum.GetValues<AuditEvent>().Select(AuditLine.NameOf).ToArray());

    /// <summary>What UTF-8 cannot carry comes back as the replacement character.</summary>
    private static string Repaired(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
