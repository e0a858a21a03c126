using BuildGuard.Tasks.Projects;
using BuildGuard.TestShim;

ParentProcess.Remember();
var project = args
    .Select(argument => Environment.GetEnvironmentVariable(TestRunVariable.NameOf(argument)))
    .Append(Environment.GetEnvironmentVariable(GuardedProject.Variable))
    .Select(GuardedProject.Decode)
    .FirstOrDefault(found => found is not null);
var console = TestConsole.Find(project);
if (console is null)
{
    Say.Error("BG5002", "the test console of the SDK was not found. Run the tests with 'dotnet test', or set BuildGuardTests=false");
    return 125;
}

if (project is null)
{
    Say.Warning("BG5003", "this test run is not guarded, because its project's settings did not reach it. Run the tests with 'dotnet test', or set BuildGuardTests=false");
    return Foreground.Run(console.Host, null, ["exec", console.Path, .. args]);
}

var helper = project.HelperManagedFile.Length > 0 ? project.HelperManagedFile : project.HelperFile;
if (!File.Exists(helper))
{
    Say.HelperCannotStart(helper, "it does not exist");
    return 125;
}

var code = Foreground.Run(project.HelperFile, project.Lease, GuardedTests.Arguments(project, console, args));
KilledHelper.Conclude(project, code);
return code;
