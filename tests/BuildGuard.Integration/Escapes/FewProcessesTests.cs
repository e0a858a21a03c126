using System.Globalization;

namespace BuildGuard.Integration.Escapes;

/// <summary>
/// However few processes and threads the guard may have (<c>RLIMIT_NPROC</c>, <c>pids.max</c> around it, a storm of forks):
/// nothing is left, and it does not break down behind a command that runs.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class FewProcessesTests
{
    /// <summary>The shell that starts it counts. With one less the runtime's own thread cannot be made, and nothing of the guard's runs.</summary>
    private const int Fewest = 3;

    private const int Most = 12;

    /// <summary>The command's own code, and the shell's when it may not fork.</summary>
    private const int Done = 3;
    private const int CannotFork = 2;
    private const int GuardFailed = 125;

    [TestMethod]
    public void Nothing_is_left()
    {
        if (Environment.UserName != "root" || InnerEnvironment.Find("setpriv").Length == 0)
        {
            Assert.Inconclusive("needs root and setpriv, to be a user who has no other processes");
        }

        if (File.Exists(Path.Combine(Package.Folder, "tools", "linux-x64", "buildguard.dll")))
        {
            Assert.Inconclusive("needs the native helper: the runtime of the other one cannot start with so few threads");
        }

        using var troupe = new Troupe();
        using var workspace = new Workspace();
        string left = string.Create(CultureInfo.InvariantCulture, $"1000.{Random.Shared.Next(100_000_000, 999_999_999)}");
        int user = Random.Shared.Next(200_000, 2_000_000);
        string state = Directory.CreateTempSubdirectory("buildguard-few-").FullName;
        var environment = new Dictionary<string, string>(workspace.Environment)
        {
            ["BUILDGUARD_STATE_DIR"] = state,
            ["BUILDGUARD_PREFLIGHT"] = "off",
            ["BUILDGUARD_CONTAINMENT"] = "bare",
            ["PATH"] = $"{troupe.Folder}:{workspace.Environment["PATH"]}",
        };
        string script =
            $"for n in $(seq {Fewest} {Most}); do prlimit --nproc=$n buildguard run -- sh -c 'setsid sleep {left} & sleep 0.3; exit {Done}'; echo code $?; done";
        try
        {
            _ = workspace.Start("chown", [$"{user}", state], environment).Wait().Succeeds();
            Result result = workspace.Start(
                "setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", "sh", "-c", script], environment).Wait();
            Assert.IsEmpty(ProcessesOf(user), result.ToString());
            int[] codes = [.. result.Lines.Where(static line => line.StartsWith("code ", StringComparison.Ordinal)).Select(static line => int.Parse(line.AsSpan("code ".Length), CultureInfo.InvariantCulture))];
            Assert.HasCount(Most - Fewest + 1, codes, result.ToString());
            Assert.IsTrue(codes.All(static code => code is Done or CannotFork or GuardFailed), result.ToString());
            Assert.AreEqual(Done, codes[^1], result.ToString());
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static string[] ProcessesOf(int user) => [.. Directory.GetDirectories("/proc").Where(directory => IsOf(directory, user))];

    private static bool IsOf(string directory, int user)
    {
        try
        {
            return File.ReadLines(Path.Combine(directory, "status")).Any(line => line.StartsWith($"Uid:\t{user}\t", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
