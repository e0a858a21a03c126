using BuildGuard.Tasks.Projects;
using BuildGuard.TestShim;

var project = GuardedProject.Decode(Environment.GetEnvironmentVariable(GuardedProject.Variable));
var console = TestConsole.Find(project);
if (console is null)
{
    Console.Error.WriteLine("BuildGuard: error BG5001: The test console of the SDK was not found. Run the tests with 'dotnet test', or set BuildGuardTests to false. [https://github.com/buildguard/buildguard/blob/main/docs/messages.md#bg5001]");
    return 125;
}

return project is null
    ? Foreground.Run(console.Host, ["exec", console.Path, .. args])
    : Foreground.Run(project.HelperFile, GuardedTests.Arguments(project, console, args));
