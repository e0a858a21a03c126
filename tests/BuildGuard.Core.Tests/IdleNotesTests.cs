using System.Text;
using BuildGuard.Idling;
using BuildGuard.Processes;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class IdleNotesTests
{
    [TestMethod]
    [DataRow(ToolKind.BuildNode, "dotnet", "/sdk/MSBuild.dll", "/nologo", "/nodemode:1", "/nodeReuse:true")]
    [DataRow(ToolKind.BuildNode, "/sdk/MSBuild", "-nodemode:1", "-nodereuse:True")]
    [DataRow(ToolKind.BuildNode, "dotnet", "exec", "/sdk/MSBuild.dll", "/nodemode:8")]
    [DataRow(null, "dotnet", "/sdk/MSBuild.dll", "/nodemode:1", "/nodeReuse:false")]
    [DataRow(null, "dotnet", "/sdk/MSBuild.dll", "a.csproj", "-nodereuse:true")]
    [DataRow(ToolKind.Compiler, "/sdk/Roslyn/bincore/VBCSCompiler", "-pipename:x")]
    [DataRow(ToolKind.Compiler, "dotnet", "/sdk/Roslyn/bincore/VBCSCompiler.dll", "-pipename:x")]
    [DataRow(null, "dotnet", "/sdk/Roslyn/bincore/csc.dll", "VBCSCompiler.dll")]
    [DataRow(ToolKind.TestHost, "dotnet", "exec", "--depsfile", "/x/a.deps.json", "/x/testhost.dll", "--port", "1", "--parentprocessid", "77")]
    [DataRow(null, "dotnet", "exec", "/x/testhost.dll", "--port", "1")]
    [DataRow(null, "vim", "notes about VBCSCompiler")]
    [DataRow(null, "")]
    public void Tools_are_known_by_their_command_lines(ToolKind? kind, params string[] arguments)
    {
        Assert.AreEqual(kind, ToolKinds.Of(arguments, out int parent));
        Assert.AreEqual(kind == ToolKind.TestHost ? 77 : 0, parent);
    }

    [TestMethod]
    [DataRow(1000L, false, 600, "the same CPU time")]
    [DataRow(1600L, false, 600, "600 ms in 600 s: its timers")]
    [DataRow(1700L, false, 0, "700 ms in 600 s: it has worked")]
    [DataRow(900L, false, 0, "less than before: a note that is none of it")]
    [DataRow(1000L, true, 0, "somebody is connected")]
    public void Idle_is_the_time_between_two_looks_in_which_nothing_was_done(long cpu, bool inUse, int seconds, string why)
    {
        ToolProcess Seen(long used, int age, bool isInUse) =>
            new(new ProcessRow(new ProcessIdentity("boot", 1, 7, 99), 1, "dotnet", "dotnet MSBuild.dll", 0, used, 0, 'S'), ToolKind.BuildNode, TimeSpan.FromSeconds(age), isInUse);
        IdleTool first = IdleNotes.Judge([Seen(1000, 5000, false)], [], out IReadOnlyList<IdleNote> notes).Single();
        Assert.AreEqual(TimeSpan.Zero, first.Idle, "nothing is known at the first look");

        IReadOnlyList<IdleNote> read = IdleNotes.Parse(IdleNotes.ToBytes(notes));
        CollectionAssert.AreEqual(notes.ToArray(), read.ToArray());
        IdleTool second = IdleNotes.Judge([Seen(cpu, 5600, inUse)], read, out IReadOnlyList<IdleNote> next).Single();
        Assert.AreEqual(TimeSpan.FromSeconds(seconds), second.Idle, why);
        Assert.AreEqual(seconds == 0 ? 5_600_000 : 5_000_000, next.Single().AgeMilliseconds, why);

        var other = new ProcessIdentity("boot", 1, 7, 100);
        ToolProcess later = Seen(cpu, 1, false) with { Row = Seen(cpu, 1, false).Row with { Identity = other } };
        Assert.AreEqual(TimeSpan.Zero, IdleNotes.Judge([later], read, out _).Single().Idle, "another process with the same number");
    }

    [TestMethod]
    public void Garbage_is_no_note()
    {
        byte[] good = IdleNotes.ToBytes([new IdleNote(new ProcessIdentity("boot", 1, 7, 99), 10, 20)]);
        Assert.AreEqual(1, IdleNotes.Parse([.. "x\n1 2 3\nb 1 2 3 4 -5\nb 1 99999999999 3 4 5\n"u8, .. good]).Count);
        var random = new Random(7);
        byte[] bytes = new byte[200];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            good.CopyTo(bytes, random.Next(100));
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(256);
            foreach (IdleNote note in IdleNotes.Parse(bytes.AsSpan(0, random.Next(bytes.Length))))
            {
                Assert.IsTrue(note.CpuMilliseconds >= 0 && note.AgeMilliseconds >= 0 && note.Process.Pid >= 0, Encoding.Latin1.GetString(bytes));
            }
        }
    }
}
