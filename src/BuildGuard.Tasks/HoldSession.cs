using System.ComponentModel;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>Waits for the turn and holds it until the build ends. Runs in Session.proj, so once for a whole build.</summary>
[MSBuildMultiThreadableTask]
public sealed class HoldSession : Microsoft.Build.Utilities.Task, ICancelableTask
{
    /// <summary>Above are the codes of programs that a signal ended.</summary>
    private const int LargestOwnCode = 128;

    private readonly object _gate = new();
    private SessionHelper? _helper;
    private bool _isCancelled;

    /// <summary>An identity of this build, the same on all its nodes.</summary>
    [Required]
    public string BuildId { get; set; } = "";

    /// <summary>The package's folder <c>tools</c>.</summary>
    [Required]
    public string ToolsDirectory { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one, an absolute path.</summary>
    public string HelperPath { get; set; } = "";

    /// <summary>Where the build was started.</summary>
    public string StartupDirectory { get; set; } = "";

    /// <summary>The settings that the helper knows, as one text.</summary>
    public string Settings { get; set; } = "";

    /// <summary>The lease that is held; empty when nothing has to be held.</summary>
    [Output]
    public string Lease { get; set; } = "";

    /// <summary>The lock that was asked for, where the build stands in another one; else empty.</summary>
    [Output]
    public string PassedOverLock { get; set; } = "";

    /// <summary>What is wrong with a property of the project that asks, for that to say; empty where nothing is.</summary>
    [Output]
    public string BadProperty { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        var program = HelperLocator.Find(ToolsDirectory, HelperPath);
        if (program.Missing() is { } missing)
        {
            Log.LogGuard(missing);
            return false;
        }

        try
        {
            if (Start(program) is not { } helper)
            {
                return false;
            }

            var isHeld = false;
            try
            {
                return Listen(program, helper, out isHeld);
            }
            finally
            {
                if (!isHeld)
                {
                    if (helper.End() is { } message)
                    {
                        Log.LogGuard(message);
                    }

                    helper.Dispose();
                }
            }
        }
        catch (Win32Exception problem)
        {
            Log.LogGuard(HelperProgram.CannotStart(program.Path, problem.Message));
            return false;
        }
    }

    /// <summary>Leaves the queue at once.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _isCancelled = true;
            _helper?.Close();
        }
    }

    private SessionHelper? Start(HelperProgram program)
    {
        lock (_gate)
        {
            return _isCancelled ? null : _helper = SessionHelper.Start(program, Arguments());
        }
    }

    private IEnumerable<string> Arguments()
    {
        yield return "session";
        yield return "--label";
        yield return SessionLabel.Of(StartupDirectory);
        yield return "--build";
        yield return BuildId;
        yield return "--owner-pid";
        yield return ProcessId.ToString();
        if (StartupDirectory.Length > 0)
        {
            yield return "--cwd";
            yield return StartupDirectory;
        }

        foreach (var property in GuardProperty.Decode(Settings))
        {
            yield return "--property";
            yield return property;
        }
    }

    private bool Listen(HelperProgram program, SessionHelper helper, out bool isHeld)
    {
        isHeld = false;
        var hasError = false;
        while (helper.ReadLine() is { } line)
        {
            var members = JsonLine.Read(line);
            if (GuardMessage.From(members) is { } message)
            {
                hasError |= message.IsError;
                if (FaultPlace.Property(message).Length > 0)
                {
                    BadProperty = message.Text;
                    continue;
                }

                Log.LogGuard(MayWaitForItself(message)
                    ? message with { Text = message.Text + ". If that one started this build with an empty environment, they wait for each other, because the MSBuild node that asks was there before: end this build, and leave it BUILDGUARD_LEASE or build with -nodeReuse:false" }
                    : FaultPlace.At(BuildEngine, message, BuildEngine.ProjectFileOfTaskNode));
                continue;
            }

            switch (members is not null && members.TryGetValue("event", out var name) ? name : "")
            {
                case "acquired":
                    isHeld = Hold(helper, members!);
                    return isHeld;
                case "disabled":
                    return true;
                case "refused" when hasError:
                    return BadProperty.Length > 0;
            }
        }

        if (!hasError && !_isCancelled)
        {
            var code = helper.WaitForExit();
            Log.LogGuard(code > LargestOwnCode
                ? GuardMessage.Error("BG4005", $"the helper that waited for the turn was killed (exit code {code}); nothing was built. Build again")
                : HelperProgram.CannotStart(program.Path, $"it ended with code {code?.ToString() ?? "unknown"} before it answered {helper.Complaints}".Trim()));
        }

        return BadProperty.Length > 0;
    }

    /// <summary>A build inside another one is known by its environment or by its ancestors; a node that was there before has neither.</summary>
    private static bool MayWaitForItself(GuardMessage message) => message.Code == "BG1001"
        && NodeProcess.IsReused
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SessionEntry.LeaseVariable));

    private bool Hold(SessionHelper helper, IReadOnlyDictionary<string, string> acquired)
    {
        if (!acquired.TryGetValue("lease", out var lease) || !acquired.TryGetValue("ownerFile", out var ownerFile))
        {
            Log.LogGuard(GuardMessage.Error("BG0001", "the helper acquired the turn but did not say which lease. Restore the package again"));
            return false;
        }

        try
        {
            // The engine disposes it at the end of the build, in the one process that built this project.
            BuildEngine4.RegisterTaskObject(
                "BuildGuard session " + BuildId + " " + lease,
                new SessionHold(helper, ownerFile),
                RegisteredTaskObjectLifetime.Build,
                allowEarlyCollection: false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Log.LogGuard(GuardMessage.Error("BG0001", $"the owner file '{ownerFile}' of the session cannot be held: {problem.Message}"));
            return false;
        }

        Lease = lease;
        PassedOverLock = acquired.TryGetValue("passedOverLock", out var passedOver) ? passedOver : "";
        return true;
    }

    private static int ProcessId
    {
        get
        {
#if NET
            return Environment.ProcessId;
#else
            using var own = System.Diagnostics.Process.GetCurrentProcess();
            return own.Id;
#endif
        }
    }
}
