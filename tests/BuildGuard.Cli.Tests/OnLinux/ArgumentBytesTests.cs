namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>A file name is bytes, and need not be text: the command gets the bytes that were given.</summary>
[TestClass]
public sealed class ArgumentBytesTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("BUILDGUARD_DISABLE=1")]
    public void Arguments_arrive_as_they_were_given(string variable)
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, $@"{variable} $HELPER run --preflight off -- printf '%s|' a '' $'caf\xe9' $'\xff\xfe' '�' 'd' | od -An -tx1 | tr -d ' \n'");
        Assert.AreEqual("617c7c636166e97cfffe7cefbfbd7c647c", result.Output, result.Error);
    }

    [TestMethod]
    public void Of_two_that_look_alike_each_is_itself()
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, @"$HELPER run --label $'\xe8' --preflight off -- printf %s $'\xe9' $'\xe8' | od -An -tx1 | tr -d ' \n'");
        Assert.AreEqual("e9e8", result.Output, result.Error);
    }

    [TestMethod]
    [DataRow("./$P")]
    [DataRow("$P")]
    public void A_program_whose_name_is_no_text_is_found(string command)
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, @"P=$'prog\xe9'; cp /bin/echo ""$P""; PATH=$PWD:$PATH; $HELPER run --preflight off -- """ + command + @""" it runs; rm ""./$P""");
        Assert.AreEqual("it runs\n", result.Output, result.Error);
    }

    [TestMethod]
    public void A_script_without_an_interpreter_is_found_too()
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, @"P=$'script\xe9'; echo 'printf %s ""$1""' > ""$P""; chmod +x ""$P""; $HELPER run --preflight off -- ""./$P"" $'\xe9' | od -An -tx1 | tr -d ' \n'; rm ""./$P""");
        Assert.AreEqual("e9", result.Output, result.Error);
    }

    /// <summary>What waits is prepared while it waits, which is another way to the same command.</summary>
    [TestMethod]
    public void A_command_that_waited_gets_them_too()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        _ = Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        Task<Result> run = Task.Run(() => OutputTests.Shell(sandbox, @"$HELPER run --quiet --preflight off -- printf %s $'\xe9' | od -An -tx1 | tr -d ' \n'"));
        _ = Helper.Await(() => sandbox.Run("queue", "--json").Json, q => q.GetProperty("queue").GetArrayLength() == 1);
        holder.CloseInput();
        Assert.AreEqual("e9", run.GetAwaiter().GetResult().Output);
    }
}
