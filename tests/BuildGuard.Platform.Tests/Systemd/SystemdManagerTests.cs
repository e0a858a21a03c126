using BuildGuard.Platform.Linux.Systemd;

namespace BuildGuard.Platform.Tests.Systemd;

[TestClass]
public sealed class SystemdManagerTests
{
    private const string Welcome = "OK 0123456789abcdef0123456789abcdef\r\n";
    private const string Unit = "buildguard-0a1b2c3d-user.1-00000001-holder.scope";

    private static readonly ScopeRequest s_scope = new(Unit, "BuildGuard", 1, new ScopeTerms { Common = "", MemoryMax = 1 << 30, Service = "a.service", Slice = "b.slice" });

    [TestMethod]
    [DataRow(int.MaxValue)]
    [DataRow(1)]
    public void ItsGroupIsAskedFor(int piece)
    {
        using var fake = new FakeManager(Welcome, (serial, _) => Messages.Text(serial, "/user.slice/user@1000.service/"), piece);

        Assert.AreEqual("/user.slice/user@1000.service", fake.Manager.ReadGroup());
        string id = Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(Environment.UserName == "root" ? "0" : UserId()));
        Assert.AreEqual($"\0AUTH EXTERNAL {id}\r\n", fake.Introductions.Single());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AScopeIsThereWhenItsJobIsDone(bool jobFirst)
    {
        using var fake = new FakeManager(Welcome, (serial, _) =>
        {
            byte[] answer = Messages.Return(serial, "o", body => body.Text("/org/freedesktop/systemd1/job/7"));
            byte[] others = [.. Messages.JobRemoved("another.scope", "failed"), .. Messages.Return(serial + 1, "", _ => { })];
            byte[] done = Messages.JobRemoved(Unit, "done");
            return jobFirst ? [.. others, .. done, .. answer] : [.. answer, .. others, .. done];
        });

        fake.Manager.StartScope(s_scope);
    }

    [TestMethod]
    public void AScopeThatFailsIsSaid()
    {
        using var fake = new FakeManager(Welcome, (serial, _) =>
            [.. Messages.Return(serial, "o", body => body.Text("/job")), .. Messages.JobRemoved(Unit, "failed")]);

        Says("its job for the scope ended with 'failed'", () => fake.Manager.StartScope(s_scope));
    }

    [TestMethod]
    public void ARefusalIsSaidInItsWords()
    {
        using var fake = new FakeManager(Welcome, (serial, _) => Messages.Error(serial, "a.b", "Unit exists."));

        Says("it refused: Unit exists.", () => fake.Manager.StartScope(s_scope));
    }

    [TestMethod]
    public void OneThatDoesNotTalkToUsIsTold()
    {
        using var fake = new FakeManager("REJECTED EXTERNAL\r\n", (_, _) => []);

        Says("it does not talk to this user", () => fake.Manager.ReadGroup());
    }

    [TestMethod]
    public void OneThatHangsUpIsTold()
    {
        using var fake = new FakeManager(Welcome, (_, _) => null);

        Says("it closed the connection", () => fake.Manager.ReadGroup());
    }

    [TestMethod]
    public void OneThatTalksNonsenseIsTold()
    {
        using var fake = new FakeManager(Welcome, (_, _) => new byte[64]);
        Says("what it answers is not D-Bus", () => fake.Manager.ReadGroup());

        using var rambling = new FakeManager(new string('x', 5000), (_, _) => []);
        Says("what it answers is not D-Bus", () => rambling.Manager.ReadGroup());
    }

    [TestMethod]
    public void AnAnswerOfAnotherTypeIsTold()
    {
        using var fake = new FakeManager(Welcome, (serial, _) => Messages.Return(serial, "u", body => body.Number(1u)));

        Says("its ControlGroup is no text", () => fake.Manager.ReadGroup());
    }

    [TestMethod]
    public void OneThatIsStoppedIsGivenUp()
    {
        using var fake = FakeManager.Stopped();

        Says("it did not answer within 2 s", () => fake.Manager.ReadGroup());
    }

    [TestMethod]
    public void OneThatGreetsAndThenStopsIsGivenUp()
    {
        using var fake = new FakeManager(Welcome, (_, _) => []);

        Says("it did not answer within 2 s", () => fake.Manager.ReadGroup());
    }

    [TestMethod]
    public void OneThatIsGoneIsTold()
    {
        string path;
        using (var fake = FakeManager.Stopped())
        {
            path = fake.Path;
        }

        Says("it cannot be reached (no such file or directory)", () => new SystemdManager(path, false).ReadGroup());
        Says("it cannot be reached (file name too long)", () => new SystemdManager("/" + new string('x', 200), false).ReadGroup());
    }

    [TestMethod]
    public void TheUsersOwnDoorComesFirstAndTheBusLast()
    {
        string run = Directory.CreateTempSubdirectory("buildguard-test-").FullName;
        try
        {
            Assert.IsNull(SystemdManager.Find(0, run, null));
            Assert.IsNull(SystemdManager.Find(1000, run, null));
            Assert.IsNull(SystemdManager.Find(1000, run, run + "/elsewhere"));
            Touch(run + "/systemd/private");
            Assert.AreEqual(new SystemdManager(run + "/systemd/private", false), SystemdManager.Find(0, run, null));
            Assert.IsNull(SystemdManager.Find(1000, run, null));
            Touch(run + "/user/1000/bus");
            Assert.AreEqual(new SystemdManager(run + "/user/1000/bus", true), SystemdManager.Find(1000, run, null));
            Touch(run + "/elsewhere/systemd/private");
            Assert.AreEqual(new SystemdManager(run + "/elsewhere/systemd/private", false), SystemdManager.Find(1000, run, run + "/elsewhere"));
            Touch(run + "/user/1000/systemd/private");
            Assert.AreEqual(new SystemdManager(run + "/user/1000/systemd/private", false), SystemdManager.Find(1000, run, run + "/elsewhere"));
        }
        finally
        {
            Directory.Delete(run, recursive: true);
        }
    }

    private static void Touch(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    private static void Says(string text, Action action) =>
        Assert.AreEqual(text, Assert.ThrowsExactly<DBusException>(action).Message);

    private static string UserId() => File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2];
}
