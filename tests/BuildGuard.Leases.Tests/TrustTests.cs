using BuildGuard.Diagnostics;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>State directories that are not fit: each ends in one clear error, before anything is run.</summary>
[TestClass]
public sealed class TrustTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static bool IsRoot => Environment.UserName == "root";

    [TestMethod]
    [DataRow("link")]
    [DataRow("file")]
    [DataRow("open")]
    [DataRow("unreadable")]
    public void A_directory_that_is_not_ours_alone_is_refused(string kind)
    {
        using var world = new World();
        string locks = world.State.Layout.Locks;
        switch (kind)
        {
            case "link":
                Directory.CreateDirectory(world.State.Path + "/elsewhere", Private);
                Directory.CreateSymbolicLink(locks, world.State.Path + "/elsewhere");
                break;
            case "file":
                File.WriteAllText(locks, "");
                break;
            case "open":
                Directory.CreateDirectory(locks, Private);
                File.SetUnixFileMode(locks, Private | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
                break;
            default:
                Directory.CreateDirectory(locks, UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                break;
        }

        GuardMessage problem = Refused(world);
        Assert.AreEqual("BG0010", problem.Code);
        Assert.Contains(locks, problem.Text);
        Assert.Contains("BUILDGUARD_STATE_DIR", problem.Text);
        if (kind == "unreadable")
        {
            File.SetUnixFileMode(locks, Private);
        }
    }

    [TestMethod]
    public void A_foreign_directory_is_refused()
    {
        if (!IsRoot)
        {
            Assert.Inconclusive("only root can give a directory away");
        }

        using var world = new World();
        Directory.CreateDirectory(world.State.Layout.Locks, Private);
        Shell.Run("chown", "65534", world.State.Layout.Locks);
        GuardMessage problem = Refused(world);
        Assert.AreEqual("BG0010", problem.Code);
        Assert.Contains("65534", problem.Text);
    }

    [TestMethod]
    public void A_directory_of_all_users_is_repaired_by_its_owner_alone()
    {
        if (!IsRoot)
        {
            Assert.Inconclusive("only root can give a directory away");
        }

        using var world = new World();
        string path = Path.Combine(world.State.Path, "shared");
        Directory.CreateDirectory(path, Private);
        Shell.Run("chown", "65534", path);

        // Root can do what the owner can, so it is asked for; another user would be sent to them.
        GuardMessage problem = Assert.ThrowsExactly<GuardException>(() => UnixStateFiles.RequireReadable(path, shared: true)).Problem;
        Assert.AreEqual("BG0010", problem.Code);
        Assert.Contains($"not everybody may read and enter it (mode 700); run: chmod 1777 '{path}'", problem.Text);
    }

    [TestMethod]
    [DataRow("directory", "remove what stands in its place")]
    [DataRow("link", "remove what stands in its place")]
    [DataRow("fifo", "remove what stands in its place")]
    public void What_stands_in_the_place_of_the_mutex_is_to_be_removed(string kind, string remedy)
    {
        using var world = new World();
        world.Create().Start().AwaitTurn().Release();
        string path = Path.Combine(world.State.Queue, "mutex");
        Assert.IsTrue(File.Exists(path));
        File.Delete(path);
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, "/etc/passwd");
                break;
            default:
                Shell.Run("mkfifo", path);
                break;
        }

        GuardMessage problem = Refused(world);
        Assert.AreEqual("BG0011", problem.Code);
        Assert.StartsWith($"'{path}' cannot be ", problem.Text);
        Assert.Contains($"; {remedy}, or set BUILDGUARD_STATE_DIR ", problem.Text);
    }

    [TestMethod]
    [DataRow("ro", "size=1m")]
    [DataRow("inodes", "size=1m,nr_inodes=6")]
    [DataRow("space", "size=8k")]
    public void A_full_or_read_only_disk_is_one_error_and_harms_no_holder(string kind, string options)
    {
        if (!IsRoot)
        {
            Assert.Inconclusive("only root can mount a file system");
        }

        using var world = new World();
        if (!Shell.TryRun("mount", "-t", "tmpfs", "-o", options + ",mode=700", "tmpfs", world.State.Path))
        {
            Assert.Inconclusive("tmpfs cannot be mounted here");
        }

        try
        {
            SimulatedProcess holder = world.Create().Start().AwaitTurn();
            Fill(world, kind);
            SimulatedProcess second = world.Create().Start();
            Condition.Await(() => second.Failure is not null, () => "an error");
            var problem = (GuardException)second.Failure!;
            Assert.AreEqual("BG0011", problem.Problem.Code, problem.Message);
            Assert.AreEqual(0, second.OpenFiles, "files left open");
            Assert.IsTrue(holder.HasTurn);
            Clear(world, kind);
            holder.Release();
            Assert.IsNull(holder.Failure, $"{holder.Failure}");
            world.Create().Start().AwaitTurn().Release();
            Assert.IsEmpty(world.State.Leftovers());
        }
        finally
        {
            foreach (SimulatedProcess process in world.Processes.Values)
            {
                process.Kill();
                process.Join();
            }

            Shell.Run("umount", world.State.Path);
        }
    }

    private static void Fill(World world, string kind)
    {
        switch (kind)
        {
            case "ro":
                // A holder has files open for writing, so the file system cannot be made read-only under it; a bind can.
                Shell.Run("mount", "--bind", world.State.Path, world.State.Path);
                Shell.Run("mount", "-o", "remount,bind,ro", world.State.Path);
                break;
            case "inodes":
                Try(() =>
                {
                    for (int i = 0; ; i++)
                    {
                        File.WriteAllText($"{world.State.Path}/{i}", "");
                    }
                });
                break;
            default:
                Try(() => File.WriteAllBytes($"{world.State.Path}/0", new byte[1 << 20]));
                break;
        }
    }

    private static void Clear(World world, string kind)
    {
        if (kind == "ro")
        {
            Shell.Run("umount", world.State.Path);
        }

        foreach (string file in Directory.EnumerateFiles(world.State.Path))
        {
            File.Delete(file);
        }
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    private static GuardMessage Refused(World world)
    {
        SimulatedProcess process = world.Create().Start();
        Condition.Await(() => process.Failure is not null || process.HasTurn, () => "an end");
        Assert.IsFalse(process.HasTurn, "it was not refused");
        Assert.AreEqual(0, process.OpenFiles);
        return ((GuardException)process.Failure!).Problem;
    }
}
