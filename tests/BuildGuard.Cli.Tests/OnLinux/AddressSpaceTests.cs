namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>A limit of address space (<c>ulimit -v</c>) under which a .NET build works: the program does not reserve more.</summary>
[TestClass]
public sealed class AddressSpaceTests
{
    [TestMethod]
    [DataRow("run --preflight off -- sh -c 'exit 3'", 3)]
    [DataRow("status", 0)]
    public void Four_gigabytes_are_enough(string line, int code)
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, $"ulimit -v 4000000; $HELPER {line}");
        Assert.AreEqual(code, result.ExitCode, result.Output + result.Error);
    }

    [TestMethod]
    public void So_they_are_for_a_session()
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, """
            coproc session { ulimit -v 4000000; exec $HELPER session --label x --build y --owner-pid $PPID --preflight off; }
            pid=$session_PID
            read -r line <&${session[0]}
            echo "$line"
            eval "exec ${session[1]}>&-"
            wait $pid
            """);
        Assert.AreEqual(0, result.ExitCode, result.Output + result.Error);
        StringAssert.Contains(result.Output, "\"acquired\"");
    }
}
