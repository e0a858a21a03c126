using System.Diagnostics;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.TestRuns;

namespace BuildGuard.Tasks;

/// <summary>
/// A test run in a build: Microsoft.Testing.Platform's own task, the program of which is run by the helper as one operation.
/// </summary>
public abstract class GuardedTestRun : ProjectTask
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private HookedTool? _tool;
    private RunningHelper? _helper;
    private volatile bool _isCancelled;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (GuardedProject.Decode(ProjectEnvironment.Get(this, GuardedProject.Variable)) is not { TestTask.Length: > 0 } project)
        {
            Log.LogGuard(GuardMessage.Error("BG5003", "the settings of the project did not reach the task that runs its tests; no test was run. Set BuildGuardTests to false to run them unguarded"));
            return false;
        }

        if (HelperProgram.Of(project).Missing() is { } missing)
        {
            Log.LogGuard(missing);
            return false;
        }

        var tool = HookedTool.Create(HookedTool.Load(project.TestTask, GetType().FullName!));
        try
        {
            tool.Task.BuildEngine = BuildEngine;
            tool.Task.HostObject = HostObject;
            ProjectEnvironment.Share(this, tool.Task);
            tool.Take(this);
            return Take(tool) && Run(project, tool);
        }
        finally
        {
            (tool.Task as IDisposable)?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        HookedTool? tool;
        lock (_gate)
        {
            _isCancelled = true;
            tool = _tool;
        }

        if (_helper is null || !_helper.AskToEnd() || !_helper.WaitForEnd(Patience))
        {
            tool?.Task.Cancel();
        }
    }

    /// <summary>From here on cancelling reaches the tool. False when it was cancelled before: then nothing is started.</summary>
    private bool Take(HookedTool tool)
    {
        lock (_gate)
        {
            _tool = tool;
            return !_isCancelled;
        }
    }

    private bool Run(GuardedProject project, HookedTool tool)
    {
        using var messages = new OperationMessages(Log, message => FaultPlace.At(BuildEngine, message, project.SessionProject));
        IDictionary<string, string?>? environment = null;
        _helper = new RunningHelper(messages.File);
        using var watch = new HelperWatch(HelperProgram.Of(project), _helper, messages, () => environment);
        tool.OnStart(start =>
        {
            Wrap(start, project, messages.File);
            environment = start.Environment;
            return start;
        });
        try
        {
            var isSuccess = tool.Task.Execute();
            if (!_isCancelled)
            {
                watch.Conclude(tool.Task.ExitCode);
            }

            messages.Read();
            return isSuccess && !messages.HasError;
        }
        finally
        {
            _helper.Ended();
        }
    }

    private static void Wrap(ProcessStartInfo start, GuardedProject project, string messagesFile)
    {
        TestRunVariable.RemoveFrom(start.Environment);
        start.Arguments = HelperProgram.OperationArguments(project, "tests", "tests", messagesFile, start.FileName) + " " + start.Arguments;
        start.FileName = HelperProgram.Of(project).FileName;
    }
}
