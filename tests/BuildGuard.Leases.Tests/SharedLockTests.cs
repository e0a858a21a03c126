namespace BuildGuard.Leases.Tests;

/// <summary>The machine's lock, which several users share.</summary>
[TestClass]
public sealed class SharedLockTests
{
    private const string AsOther = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    private const string AsThird = "setpriv --reuid=65533 --regid=65533 --clear-groups";

    [TestMethod]
    public void Users_exclude_each_other_and_the_dead_of_one_do_not_stop_another()
    {
        if (!Shell.TryRun("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", "--list-runtimes"))
        {
            Assert.Inconclusive("cannot run .NET as another user here (it takes root)");
        }

        using var state = new StateDirectory();
        Shell.Run("chmod", "711", state.Path);
        string one = Own(state, "one", "65534"), two = Own(state, "two", "65533"), shared = state.Path + "/shared";
        Directory.CreateDirectory(shared);
        Shell.Run("chmod", "1777", shared);
        string options = $"--machine {shared}/machine --lock machine";
        using TakerProcess first = TakerProcess.Start(one, options, under: AsOther).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(two, options, under: AsThird).AwaitTicket();
        second.AwaitAsleep();
        using TakerProcess third = TakerProcess.Start(one, options, under: AsOther).AwaitTicket();
        third.AwaitAsleep();
        first.Kill();
        second.AwaitTurn();
        third.AwaitAsleep();
        Assert.IsFalse(third.HasTurn);
        second.Release();
        third.AwaitTurn().Release();

        // Another user's dead waiter and dead holder cannot be removed; they must not be in the way.
        using TakerProcess dead = TakerProcess.Start(one, options, under: AsOther).AwaitTurn();
        dead.Kill();
        using TakerProcess fourth = TakerProcess.Start(two, options, under: AsThird).AwaitTurn();
        fourth.Release();
        using TakerProcess fifth = TakerProcess.Start(one, options, under: AsOther).AwaitTurn();
        fifth.Release();
        Assert.AreEqual("mutex", string.Join(' ', Directory.EnumerateFileSystemEntries(shared + "/machine").Select(Path.GetFileName)));
    }

    private static string Own(StateDirectory state, string name, string uid)
    {
        string path = Directory.CreateDirectory($"{state.Path}/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Shell.Run("chown", uid, path);
        return path;
    }
}
