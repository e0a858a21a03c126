extern alias stock;

using System.Diagnostics;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>
/// The Exec task of MSBuild, its command run by the helper as one operation. Where no guarded project is being built
/// (restore, design time, switched off) it is the Exec task of MSBuild and nothing else.
/// </summary>
[MSBuildMultiThreadableTask]
public class Exec : stock::Microsoft.Build.Tasks.Exec
{
    /// <summary>What the stock task reports of a process that it killed.</summary>
    private const int KilledCode = 137;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private GuardedProject? _project;
    private string? _messagesFile;
    private RunningHelper? _helper;
    private IDictionary<string, string?>? _helperEnvironment;
#if NET
    private StandbyHelper? _standby;
#endif
    private bool _isStoppedByGuard;
    private volatile bool _isStoppedByBuild;
    private volatile bool _isCancelled;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!HelperLocator.IsSupported)
        {
            return base.Execute();
        }

        if (Switches.IsDisabled(ProjectEnvironment.Get(this, Switches.DisableVariable)))
        {
            SayDisabled();
            return base.Execute();
        }

        _project = GuardedProject.Decode(ProjectEnvironment.Get(this, GuardedProject.Variable));
        if (_project is null)
        {
            SayTooEarly();
            return base.Execute();
        }

        if (HelperProgram.Of(_project).Missing() is { } missing)
        {
            Log.LogGuard(missing);
            return false;
        }

        if (!EnterSession(_project))
        {
            return false;
        }

        var isSuccess = base.Execute();

        // What the guard stopped has failed, also where the command's own exit code would be ignored.
        return isSuccess && !_isStoppedByGuard;
    }

    /// <inheritdoc/>
    protected override int ExecuteTool(string pathToTool, string responseFileCommands, string commandLineCommands)
    {
        if (_project is null)
        {
            return base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
        }

        using var messages = new OperationMessages(Log, message => FaultPlace.At(BuildEngine, message, _project.SessionProject));
        var limit = Timeout;
        _messagesFile = messages.File;
        _helper = new RunningHelper(messages.File);
        using var watch = new HelperWatch(HelperProgram.Of(_project), _helper, messages, () => _helperEnvironment);
        using var timer = new Timer(_ => OnTimeout(limit));
        try
        {
            if (limit > 0)
            {
                // MSBuild kills the helper itself, but only when it does not end after it was asked to.
                Timeout = (int)Math.Min(int.MaxValue, limit + Patience.TotalMilliseconds);
                timer.Change(limit, System.Threading.Timeout.Infinite);
            }

            var code = base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
            if (_isStoppedByBuild)
            {
                return KilledCode;
            }

            if (!_isCancelled)
            {
                watch.Conclude(code);
            }

            return code;
        }
        finally
        {
            _helper.Ended();
#if NET
            _standby?.Dispose();
            _standby = null;
#endif
            AwaitLastCall(timer);
            Timeout = limit;
            messages.Read();
            _isStoppedByGuard = messages.HasError;
        }
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        _isCancelled = true;
        if (Stop("Shared.KillingProcessByCancellation", ToolName) && _helper!.WaitForEnd(Patience))
        {
            return;
        }

        base.Cancel();
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors() =>
        // What the guard stopped has its error already, and what the build stopped its warning, as with the stock task.
        !_isStoppedByGuard && !_isStoppedByBuild && base.HandleTaskExecutionErrors();

    /// <inheritdoc/>
    protected override ProcessStartInfo GetProcessStartInfo(string pathToTool, string commandLineCommands, string responseFileSwitch)
    {
        var start = base.GetProcessStartInfo(pathToTool, commandLineCommands, responseFileSwitch);
        TestRunVariable.RemoveFrom(start.Environment);
        if (_project is not null && _messagesFile is not null)
        {
            start.Arguments = HelperProgram.OperationArguments(_project, "exec", "Exec", _messagesFile, start.FileName) + " " + start.Arguments;
            start.FileName = HelperProgram.Of(_project).FileName;
            _helperEnvironment = start.Environment;
        }

        return start;
    }

#if NET
    /// <summary>
    /// A helper that is ready does what the one would do that MSBuild wants to start. Older engines do not ask: they start it.
    /// </summary>
    protected override Process StartToolProcess(Process proc)
    {
        var standbys = _project is null || !ToolEvents.AreKnown ? null : StandbyHelpers.Of(BuildEngine);
        if (standbys is null)
        {
            return base.StartToolProcess(proc);
        }

        var form = StandbyForm.Of(HelperProgram.Of(_project!), proc.StartInfo);
        if (standbys.Take(form) is { } standby)
        {
            if (standby.TryRun(proc.StartInfo))
            {
                return Run(standby, standbys, proc);
            }

            standbys.GiveUp();
            standby.Dispose();
        }

        var started = base.StartToolProcess(proc);
        standbys.Prepare(form);
        return started;
    }

    private Process Run(StandbyHelper standby, StandbyHelpers standbys, Process unused)
    {
        _standby = standby;
        _helper!.IsNamedBy(standby.File);
        ToolEvents.Attach(this, standby.Process);
        standbys.Prepare(standby.Form);
        unused.Dispose();
        return standby.Process;
    }
#endif

    /// <summary>
    /// A target of the user's own may run before anything that the guard knows to be work; then its first command asks for
    /// the build's session. Whether somebody did already is told by the lease that the project stands in.
    /// </summary>
    private bool EnterSession(GuardedProject project) =>
        !project.HoldsBuild
        || (ProjectEnvironment.Get(this, SessionEntry.LeaseVariable) ?? "") != project.OuterLease
        || SessionEntry.Enter(
            this,
            new OncePerBuild(BuildEngine, project.SessionProject),
            project.Properties,
            SessionEntry.Chosen(project.ChosenHelper, project.ChosenTasks),
            testFile: "");

    /// <summary>For targets of the user's own, before which nothing else of the guard runs.</summary>
    private void SayDisabled()
    {
        if (Once() is { } once)
        {
            UnguardedBuild.Say(BuildEngine, once, "", Switches.DisableVariable, SessionEntry.Chosen("", ""));
        }
    }

    /// <summary>MSBuild runs a project's own initial targets before those of what it imports, so before the guard's.</summary>
    private void SayTooEarly() => Once()?.Say(GuardMessage.Message(
        "BG0023",
        $"an Exec in {BuildEngine.ProjectFileOfTaskNode}({BuildEngine.LineNumberOfTaskNode}) runs unguarded: it is in an initial target of the project itself, which MSBuild runs before it has read what guards the project. Name that target in BuildGuardSessionBeforeTargets to have it guarded"));

    /// <summary>What is done once for the whole build, where the package lies around this assembly.</summary>
    private OncePerBuild? Once()
    {
        var sessionProject = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(Exec).Assembly.Location)!, "../../../build/Session.proj"));
        return File.Exists(sessionProject) ? new OncePerBuild(BuildEngine, sessionProject) : null;
    }

    /// <summary>What the timer has to say is said before the task ends.</summary>
    private static void AwaitLastCall(Timer timer)
    {
        using var over = new ManualResetEvent(false);
        if (timer.Dispose(over))
        {
            over.WaitOne();
        }
    }

    private void OnTimeout(int limit) => Stop("Shared.KillingProcess", ToolName, limit);

    /// <summary>Says what the stock task says, and asks the helper to end the tree.</summary>
    private bool Stop(string reason, params object[] values)
    {
        // Before it is asked: it may end, and the task with it, while this thread still is on its way back.
        _isStoppedByBuild = true;
        if (_helper is null || !_helper.AskToEnd())
        {
            _isStoppedByBuild = false;
            return false;
        }

        Log.LogWarningWithCodeFromResources(reason, values);
        return true;
    }
}
