using System.Diagnostics;

namespace Ledger.Statements.Tests;

/// <summary>
/// The test that leaks a daemon: it starts the watcher the way an init script would, in a session of its own, proves
/// what it wants to prove, and forgets to stop it. The watcher outlives the test host by <see cref="WatcherSeconds"/>.
/// </summary>
public sealed class WatchedFolderTests
{
    private const int WatcherSeconds = 45;

    [Test]
    public async Task A_dropped_statement_is_archived_whole()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("The watcher is a shell script.");
        }

        string folder = Directory.CreateDirectory(
            Path.Combine(TestContext.CurrentContext.WorkDirectory, "spool", Guid.NewGuid().ToString("N"))).FullName;
        StartWatcher(folder);
        Statement.Drop("1000 Bank (Euro)\n", "bank", folder);

        string archived = Path.Combine(folder, "archive", "bank.statement");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!File.Exists(archived))
        {
            await Task.Delay(50, deadline.Token);
        }

        Assert.That(await File.ReadAllTextAsync(archived), Is.EqualTo("1000 Bank (Euro)\n"));
    }

    private static void StartWatcher(string folder)
    {
        string script = Path.Combine(TestContext.CurrentContext.TestDirectory, "statement-watcher.sh");
        var start = new ProcessStartInfo("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("""
            if command -v setsid >/dev/null; then set -- setsid sh "$@"; else set -- nohup sh "$@"; fi
            "$@" </dev/null >/dev/null 2>&1 &
            """);
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(folder);
        start.ArgumentList.Add($"{WatcherSeconds}");
        using Process launcher = Process.Start(start)!;
        launcher.WaitForExit();
    }
}
