namespace BuildGuard.Cli.Tests;

/// <summary>At a terminal a guarded command behaves as it does without the guard.</summary>
[TestClass]
public sealed class JobControlTests
{
    private const string Run = "$HELPER run --quiet -- ";

    private const string UntilStopped = "until jobs | grep -q Stopped; do sleep 0.1; done; echo is sto''pped";

    public static IEnumerable<object[]> WithAndWithout => [[""], [Run]];

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void Ctrl_C_ends_the_loop_around_it(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        // One process: a shell that is interrupted while it starts another one may go on without it.
        terminal.Line($"for i in 1 2; do {guard}sh -c \"echo rea''dy$i; exec sleep 100\"; echo aft''er; done");
        terminal.Await("ready1");
        terminal.Type(ShellTerminal.Interrupt);
        terminal.AwaitPrompt();
        terminal.Line("echo code $?.");
        terminal.Await("code 130.");
        terminal.Line("echo do''ne");
        terminal.Await("done");
        Assert.DoesNotContain("after", terminal.Said);
    }

    [TestMethod]
    public void Ctrl_C_ends_the_loop_around_one_that_waits()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo ready; read y");
        Assert.AreEqual("ready", holder.ReadLine());
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line("for i in 1 2; do $HELPER run -- true; echo aft''er; done");
        terminal.Await("BG1001");
        terminal.Type(ShellTerminal.Interrupt);
        terminal.AwaitPrompt();
        terminal.Line("echo code $?.");
        terminal.Await("code 130.");
        Assert.DoesNotContain("after", terminal.Said);
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void What_takes_Ctrl_C_itself_ends_nothing_else(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"for i in 1 2; do {guard}bash -c \"trap 'exit 7' INT; echo rea''dy$i; sleep 100 & wait\"; echo co''de $?; [ $i = 1 ] || break; done");
        terminal.Await("ready1");
        terminal.Type(ShellTerminal.Interrupt);
        terminal.Await("code 7");
        terminal.Await("ready2");
        terminal.Type(ShellTerminal.Interrupt);
        terminal.AwaitPrompt();
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void It_is_stopped_brought_back_and_reads_on(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"{guard}sh -c \"echo rea''dy; while read x; do echo go''t\\$x; done\"");
        terminal.Await("ready");
        terminal.Line("1");
        terminal.Await("got1");
        terminal.Type(ShellTerminal.Suspend);
        terminal.AwaitPrompt();
        terminal.Line("fg");
        terminal.LineUntil("2", "got2");
        terminal.Type(ShellTerminal.EndOfInput);
        terminal.AwaitPrompt();
    }

    public static IEnumerable<object[]> StopsOfItsOwn =>
        from signal in (string[])["STOP", "TSTP"]
        from guard in (string[])["", Run, "BUILDGUARD_CONTAINMENT=bare " + Run]
        select new object[] { signal, guard };

    [TestMethod]
    [DynamicData(nameof(StopsOfItsOwn))]
    public void It_stops_itself_and_the_shell_has_the_terminal_back(string signal, string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"{guard}sh -c \"echo rea''dy; kill -{signal} \\$\\$; echo resu''med\"");
        terminal.Await("ready");
        terminal.AwaitPrompt();
        terminal.Line(UntilStopped);
        terminal.Await("is stopped");
        terminal.AwaitPrompt();
        terminal.Line("fg");
        terminal.Await("resumed");
        terminal.AwaitPrompt();
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void One_that_ignores_Ctrl_Z_keeps_the_terminal(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"{guard}bash -c \"trap '' TSTP; echo rea''dy; while read x; do echo go''t\\$x; done\"");
        terminal.Await("ready");
        terminal.Type(ShellTerminal.Suspend);
        terminal.LineUntil("2", "got2");
        terminal.Type(ShellTerminal.EndOfInput);
        terminal.AwaitPrompt();
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void In_the_background_it_is_stopped_when_it_reads(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"{guard}cat &");
        terminal.Line(UntilStopped);
        terminal.Await("is stopped");
        terminal.Line("kill %1; while jobs %1 2> /dev/null | grep -q -e Stopped -e Running; do sleep 0.1; done; echo go''ne");
        terminal.Await("gone");
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void In_the_background_it_is_stopped_when_it_writes_where_the_terminal_is_set_so(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line("stty tostop");
        terminal.Line($"{guard}sh -c \"echo wri''tten\" &");
        terminal.Line(UntilStopped);
        terminal.Await("is stopped");
        Assert.DoesNotContain("written", terminal.Said);
        terminal.Line("fg");
        terminal.Await("written");
        terminal.AwaitPrompt();
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void It_is_told_when_the_window_changes(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"{guard}bash -c 'trap \"stty size; exit 5\" WINCH; stty rows 33 cols 99; sleep 100 & wait'; echo co''de $?");
        terminal.Await("33 99");
        terminal.Await("code 5");
    }

    [TestMethod]
    [DynamicData(nameof(WithAndWithout))]
    public void In_the_middle_of_a_pipeline_it_passes_everything_on(string guard)
    {
        using var sandbox = new Sandbox();
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line($"seq 10000 | {guard}cat | tail -n 1 | tr '\\n' x; echo \"${{PIPESTATUS[*]}}.\"");
        terminal.Await("10000x0 0 0 0.");
    }
}
