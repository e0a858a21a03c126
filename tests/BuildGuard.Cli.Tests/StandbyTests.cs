using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace BuildGuard.Cli.Tests;

/// <summary>A run that was started ahead of time does what it is asked for through its FIFO, and nothing if it is not asked.</summary>
[TestClass]
public sealed class StandbyTests : IDisposable
{
    private const int LargestBody = 65536 - sizeof(int);

    private readonly Sandbox _sandbox = new();
    private readonly string _fifo;

    public StandbyTests()
    {
        _fifo = Path.Combine(_sandbox.Work, "fifo");
        using Process made = Process.Start("mkfifo", [_fifo]);
        made.WaitForExit();
    }

    public void Dispose() => _sandbox.Dispose();

    [TestMethod]
    public void It_has_the_arguments_the_environment_and_the_directory_that_it_was_asked_for_with()
    {
        string elsewhere = Directory.CreateDirectory(Path.Combine(_sandbox.Work, "else where")).FullName;
        using FileStream requests = Open();
        using Helper standby = _sandbox.Start([("OLD", "1"), ("CHANGED", "1")], "run", "--standby", _fifo);
        requests.Write(Request(
            elsewhere,
            ["--preflight", "off", "--label", "asked", "--", "sh", "-c", "echo \"$PWD|$OLD|$CHANGED|$NEW|$1\"; exit 3", "sh", "a b"],
            [("CHANGED", "2=3"), ("NEW", "neu ä"), ("PATH", Environment.GetEnvironmentVariable("PATH")!), ("BUILDGUARD_STATE_DIR", _sandbox.State), .. Dotnet()]));

        Result result = standby.WaitForEnd();
        Assert.AreEqual($"{elsewhere}||2=3|neu ä|a b\n", result.Output);
        Assert.AreEqual(3, result.ExitCode, result.Error);
        StringAssert.Contains(File.ReadAllText(_sandbox.AuditFile), "\"label\":\"asked\"");
        Assert.IsFalse(File.Exists(_fifo));
    }

    [TestMethod]
    public void It_may_be_asked_before_it_listens()
    {
        using FileStream requests = Open();
        requests.Write(Request(_sandbox.Work, ["--preflight", "off", "--", "echo", "ran"], Variables()));
        using Helper standby = _sandbox.Start([], "run", "--standby", _fifo);
        Result result = standby.WaitForEnd();
        Assert.AreEqual("ran\n", result.Output, result.Error);
        Assert.AreEqual(0, result.ExitCode);
    }

    /// <summary>Never success: that is for a command which has run.</summary>
    [TestMethod]
    public void Not_asked_it_ends_without_a_word()
    {
        using Helper standby = StartListening(out FileStream requests);
        requests.Dispose();
        Result result = standby.WaitForEnd();
        Assert.AreEqual(125, result.ExitCode);
        Assert.AreEqual("", result.Output + result.Error);
        Assert.IsFalse(Directory.Exists(_sandbox.State));
    }

    [TestMethod]
    public void It_ends_with_whoever_would_have_asked()
    {
        string[] program = Helper.Program;
        var start = new ProcessStartInfo("sh", ["-c", "exec 3<>fifo; \"$@\" 3>&- & echo $!; read go", "sh", .. program, "run", "--standby", _fifo])
        {
            WorkingDirectory = _sandbox.Work,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process parent = Process.Start(start)!;
        using Process standby = Process.GetProcessById(int.Parse(parent.StandardOutput.ReadLine()!));
        AwaitListening();
        parent.Kill();
        parent.WaitForExit();
        Assert.IsTrue(standby.WaitForExit(TimeSpan.FromSeconds(30)));
    }

    public static IEnumerable<object[]> Garbage =>
    [
        [new byte[] { 1 }],
        [new byte[] { 0, 0, 0, 0 }],
        [new byte[] { 255, 255, 255, 255 }],
        [Framed("no zero byte")],
        [Framed("/\0x\0")],
        [Framed("/\0-1\0")],
        [Framed("/\02\0only one\0")],
        [Framed("/\09999999\0a\0")],
        [Framed("/\01\0true\0NAME=not ended")],
        [Framed("/\01\0true\0A=b\0")[..^3]],
    ];

    [TestMethod]
    [DynamicData(nameof(Garbage))]
    public void What_is_no_request_runs_nothing_and_is_said(byte[] bytes)
    {
        using Helper standby = StartListening(out FileStream requests);
        requests.Write(bytes);
        requests.Dispose();
        Result result = standby.WaitForEnd();
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, "BG0005");
        Assert.IsFalse(Directory.Exists(_sandbox.State));
    }

    [TestMethod]
    public void A_mistake_in_what_it_is_asked_for_is_said()
    {
        using Helper standby = StartListening(out FileStream requests);
        requests.Write(Request(_sandbox.Work, ["--no-such-option", "--", "true"], Variables()));
        Result result = standby.WaitForEnd();
        requests.Dispose();
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, "--no-such-option");
    }

    [TestMethod]
    public void A_directory_that_is_gone_is_a_command_that_cannot_be_started()
    {
        using Helper standby = StartListening(out FileStream requests);
        requests.Write(Request(Path.Combine(_sandbox.Work, "none"), ["--", "touch", "ran"], Variables()));
        Result result = standby.WaitForEnd();
        requests.Dispose();
        Assert.AreEqual(126, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, "working directory");
    }

    [TestMethod]
    public void A_request_may_fill_the_pipe()
    {
        (string, string)[] variables = Variables();
        int rest = LargestBody - Request(_sandbox.Work, ["--preflight", "off", "--", "sh", "-c", "echo ${#LARGE}"], [.. variables, ("LARGE", "")]).Length + sizeof(int);
        using FileStream requests = Open();
        requests.Write(Request(_sandbox.Work, ["--preflight", "off", "--", "sh", "-c", "echo ${#LARGE}"], [.. variables, ("LARGE", new string('x', rest))]));
        using Helper standby = _sandbox.Start([], "run", "--standby", _fifo);
        Assert.AreEqual($"{rest}\n", standby.WaitForEnd().Output);
    }

    [TestMethod]
    public void Without_its_FIFO_it_runs_nothing()
    {
        Result result = _sandbox.Run("run", "--standby", Path.Combine(_sandbox.Work, "none"));
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, "cannot be opened");
    }

    private Helper StartListening(out FileStream requests)
    {
        requests = Open();
        Helper standby = _sandbox.Start([], "run", "--standby", _fifo);
        AwaitListening();
        return standby;
    }

    /// <summary>It takes the name away as soon as it has opened the FIFO.</summary>
    private void AwaitListening() => Helper.Await(() => File.Exists(_fifo), there => !there);

    private FileStream Open() => new(_fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private (string Name, string Value)[] Variables() =>
        [("PATH", Environment.GetEnvironmentVariable("PATH")!), ("BUILDGUARD_STATE_DIR", _sandbox.State), .. Dotnet()];

    /// <summary>What the program itself is run with, where it is managed.</summary>
    private static IEnumerable<(string Name, string Value)> Dotnet() =>
        Environment.GetEnvironmentVariable("HOME") is { } home ? [("HOME", home)] : [];

    private static byte[] Request(string directory, string[] arguments, (string Name, string Value)[] variables) => Framed(
        $"{directory}\0{arguments.Length}\0" + string.Concat(arguments.Select(a => a + "\0")) + string.Concat(variables.Select(v => $"{v.Name}={v.Value}\0")));

    private static byte[] Framed(string body)
    {
        byte[] bytes = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(body)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - sizeof(int));
        Encoding.UTF8.GetBytes(body, bytes.AsSpan(sizeof(int)));
        return bytes;
    }
}
