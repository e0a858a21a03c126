using System.Diagnostics;
using System.Text;
using BuildGuard.Audit;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Tests.OnLinux;

[TestClass]
public sealed class AuditFilesTests : IDisposable
{
    private readonly UnixAuditFiles _files = new();
    private readonly Sandbox _sandbox = new();

    public required TestContext TestContext { get; init; }

    private string FilePath => Path.Combine(Directory.CreateDirectory(_sandbox.State).FullName, "audit", "audit.jsonl");

    public void Dispose() => _sandbox.Dispose();

    [TestMethod]
    public void File_and_directory_are_private()
    {
        string path = FilePath;
        Assert.AreEqual(4, _files.Append(path, "one\n"u8));
        Assert.AreEqual(8, _files.Append(path, "two\n"u8));
        Assert.AreEqual("one\ntwo\n", File.ReadAllText(path));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [TestMethod]
    public void A_line_that_was_cut_short_does_not_spoil_the_next()
    {
        string path = FilePath;
        _files.Append(path, "{\"half\":"u8);
        _files.Append(path, "whole\n"u8);
        Assert.AreEqual("{\"half\":\nwhole\n", File.ReadAllText(path));
    }

    [TestMethod]
    public void A_full_disk_is_a_failure_with_its_reason() =>
        Assert.AreEqual("No space left on device", Assert.ThrowsExactly<IOException>(() => _files.Append("/dev/full", "x\n"u8)).Message);

    [TestMethod]
    public void A_link_is_not_followed()
    {
        string path = FilePath;
        string target = Path.Combine(_sandbox.Work, "target");
        File.WriteAllText(target, "untouched");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
        Assert.ThrowsExactly<IOException>(() => _files.Append(path, "x\n"u8));
        Assert.AreEqual("untouched", File.ReadAllText(target));
        Assert.AreEqual("BG0011", Assert.ThrowsExactly<GuardException>(() => _files.OpenRead(path)).Problem.Code);
    }

    [TestMethod]
    public void A_pipe_in_its_place_holds_nobody()
    {
        string path = FilePath;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using Process mkfifo = Process.Start("mkfifo", path);
        mkfifo.WaitForExit();
        Assert.ThrowsExactly<IOException>(() => _files.Append(path, "x\n"u8));
        Assert.AreEqual("BG0011", Assert.ThrowsExactly<GuardException>(() => _files.OpenRead(path)).Problem.Code);
    }

    /// <summary>Eight writers, a rotation every few lines, and not one line lost, torn or doubled.</summary>
    [TestMethod]
    public void Writers_and_rotations_at_once_lose_nothing()
    {
        string path = FilePath;
        const int Writers = 8;
        const int Lines = 500;
        Parallel.For(0, Writers, new ParallelOptions { MaxDegreeOfParallelism = Writers }, writer =>
        {
            for (int i = 0; i < Lines; i++)
            {
                byte[] line = Encoding.UTF8.GetBytes($"{writer}:{i}:{new string('x', 200)}\n");
                if (_files.Append(path, line) > 4096)
                {
                    _files.Rotate(path, 4096, keep: 100_000);
                }
            }
        });
        string[] files = Directory.GetFiles(Path.GetDirectoryName(path)!);

        // Empty lines come where a writer looked while another one's line was half written; readers pass over them.
        string[] lines = [.. files.SelectMany(File.ReadAllLines).Where(l => l.Length > 0)];
        Assert.IsGreaterThan(10, files.Length);
        Assert.HasCount(Writers * Lines, lines);
        Assert.HasCount(Writers * Lines, lines.Distinct().ToArray());
        Assert.IsTrue(lines.All(l => l.EndsWith(new string('x', 200), StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Only_so_many_old_files_are_kept_and_all_are_read_in_order()
    {
        string path = FilePath;
        for (int i = 0; i < 100; i++)
        {
            _files.Append(path, AuditLine.Write(new AuditRecord { Event = AuditEvent.Acquired, Pid = i }));
            _files.Rotate(path, 500, keep: 4);
        }

        Assert.IsLessThanOrEqualTo(5, Directory.GetFiles(Path.GetDirectoryName(path)!).Length);
        int[] pids = [.. new AuditReader(_files, _sandbox.State).ReadAll().Select(r => r.Pid)];
        CollectionAssert.AreEqual(Enumerable.Range(100 - pids.Length, pids.Length).ToArray(), pids);
        Assert.IsGreaterThan(10, pids.Length);
    }

    [TestMethod]
    public void A_small_file_is_not_moved()
    {
        string path = FilePath;
        _files.Append(path, "x\n"u8);
        _files.Rotate(path, 2, keep: 4);
        Assert.IsTrue(File.Exists(path));
        _files.Rotate(path, 1, keep: 4);
        Assert.IsFalse(File.Exists(path));
    }

    [TestMethod]
    public void A_line_of_many_megabytes_is_left_out_and_what_follows_is_read()
    {
        string path = FilePath;
        byte[] good = AuditLine.Write(new AuditRecord { Event = AuditEvent.Acquired, Pid = 7 }).ToArray();
        _files.Append(path, good);
        _files.Append(path, [.. Enumerable.Repeat((byte)'x', 5 << 20), (byte)'\n']);
        _files.Append(path, good);
        var reader = new AuditReader(_files, _sandbox.State);
        Assert.AreEqual(2, reader.ReadAll().Count());
        Assert.AreEqual(1, reader.Skipped);
        _files.Append(path, good);
        Assert.HasCount(1, reader.ReadNew());
    }

    [TestMethod]
    public void Following_takes_a_half_written_line_when_it_is_whole()
    {
        string path = FilePath;
        byte[] line = AuditLine.Write(new AuditRecord { Event = AuditEvent.Acquired, Pid = 7 }).ToArray();
        var reader = new AuditReader(_files, _sandbox.State);
        Assert.AreEqual(0, reader.ReadAll().Count());
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, line[..20]);
        Assert.HasCount(0, reader.ReadNew());
        using (FileStream stream = File.Open(path, FileMode.Append))
        {
            stream.Write(line.AsSpan(20));
        }

        Assert.HasCount(1, reader.ReadNew());
        Assert.HasCount(0, reader.ReadNew());
        Assert.AreEqual(0, reader.Skipped);
    }

    /// <summary>A record must cost nothing beside a command that runs for seconds. The bound is generous for a busy machine.</summary>
    [TestMethod]
    public void Writing_is_cheap()
    {
        Directory.CreateDirectory(_sandbox.State);
        var trail = new AuditTrail(_files, TimeProvider.System, MessageSink.Silent, _sandbox.State, recordCommands: true);
        var record = new AuditRecord { Event = AuditEvent.Released, Label = "work", Command = "dotnet build A.sln", PeakMemoryBytes = 1 << 30 };
        trail.Write(record);
        double[] microseconds = [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            trail.Write(record);
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }).Order()];
        TestContext.WriteLine($"median {microseconds[500]:0.0} µs, 99 % below {microseconds[990]:0.0} µs");
        Assert.IsLessThan(1000, microseconds[500]);
    }
}
