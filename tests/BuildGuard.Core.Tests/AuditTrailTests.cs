using System.Text;
using BuildGuard.Audit;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class AuditTrailTests
{
    private static readonly AuditRecord Secret = new()
    {
        Event = AuditEvent.Breach,
        Label = "deploy",
        Command = "deploy --password hunter2",
        Reason = "Largest: deploy (pid 7, 3M: deploy --password hunter2)",
        Processes = [new AuditProcess(7, "deploy", "deploy --password hunter2")],
    };

    [TestMethod]
    public void Records_go_to_the_state_directory_with_their_time()
    {
        var files = new FakeFiles();
        Trail(files, new RecordingSink()).Write(Secret);
        Assert.AreEqual("/state/audit/audit.jsonl", files.Written.Single().Path);
        Assert.IsTrue(AuditLine.TryRead(files.Written[0].Line.AsSpan()[..^1], out AuditRecord read));
        Assert.IsLessThan(TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow - read.Time);
        Assert.AreEqual(Secret.Command, read.Command);
    }

    /// <summary>The start of a command that was over at once is recorded with its end, and says when it was.</summary>
    [TestMethod]
    public void What_was_to_be_recorded_earlier_goes_before_in_one_piece_with_its_own_time()
    {
        var files = new FakeFiles();
        AuditTrail trail = Trail(files, new RecordingSink());
        AuditRecord earlier = trail.Stamp(new AuditRecord { Event = AuditEvent.Acquired, Lease = "user/1" }) with { Time = DateTimeOffset.UnixEpoch };
        trail.Write(earlier, new AuditRecord { Event = AuditEvent.Released, Lease = "user/1" });
        string[] lines = Encoding.UTF8.GetString(files.Written.Single().Line).Split('\n');
        Assert.HasCount(3, lines);
        Assert.AreEqual("", lines[2]);
        Assert.IsTrue(AuditLine.TryRead(Encoding.UTF8.GetBytes(lines[0]), out AuditRecord first));
        Assert.IsTrue(AuditLine.TryRead(Encoding.UTF8.GetBytes(lines[1]), out AuditRecord second));
        Assert.AreEqual((AuditEvent.Acquired, DateTimeOffset.UnixEpoch), (first.Event, first.Time));
        Assert.AreEqual(AuditEvent.Released, second.Event);
        Assert.IsLessThan(TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow - second.Time);
    }

    [TestMethod]
    public void Secrets_on_command_lines_can_be_kept_out()
    {
        var files = new FakeFiles();
        Trail(files, new RecordingSink(), recordCommands: false).Write(Secret);
        string line = Encoding.UTF8.GetString(files.Written.Single().Line);
        Assert.IsFalse(line.Contains("hunter2", StringComparison.Ordinal), line);
        StringAssert.Contains(line, "\"command\":\"deploy\"");
        StringAssert.Contains(line, "\"processes\":[{\"pid\":7,\"name\":\"deploy\"}]");
    }

    [TestMethod]
    public void A_full_disk_is_said_once_and_stops_nothing()
    {
        var sink = new RecordingSink();
        AuditTrail trail = Trail(new FakeFiles { IsFull = true }, sink);
        for (int i = 0; i < 5; i++)
        {
            trail.Write(Secret);
        }

        Assert.AreEqual("BG0012", sink.Said.Single().Code);
        StringAssert.Contains(sink.Said[0].Text, "No space left on device");
    }

    [TestMethod]
    public void It_is_moved_aside_when_it_has_grown()
    {
        var files = new FakeFiles { Length = AuditTrail.MaxBytes };
        AuditTrail trail = Trail(files, new RecordingSink());
        trail.Write(Secret);
        Assert.AreEqual(0, files.Rotations);
        files.Length++;
        trail.Write(Secret);
        Assert.AreEqual(1, files.Rotations);
    }

    private static AuditTrail Trail(IAuditFiles files, RecordingSink sink, bool recordCommands = true) =>
        new(files, TimeProvider.System, sink, "/state", recordCommands);

    private sealed class FakeFiles : IAuditFiles
    {
        public List<(string Path, byte[] Line)> Written { get; } = [];

        public bool IsFull { get; init; }

        public long Length { get; set; }

        public int Rotations { get; private set; }

        public long Append(string path, ReadOnlySpan<byte> bytes)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            Written.Add((path, bytes.ToArray()));
            return Length;
        }

        public void Rotate(string path, long maxBytes, int keep) => Rotations++;

        public Stream? OpenRead(string path) => null;

        public ulong Identity(string path) => 0;
    }
}
