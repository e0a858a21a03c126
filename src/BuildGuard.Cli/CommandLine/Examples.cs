using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BuildGuard.Cli.CommandLine;

/// <summary>Adds exit codes and examples to the help of every verb.</summary>
internal static class Examples
{
    public static void AddTo(RootCommand root)
    {
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new HelpWithExamples(help);
            }
        }
    }

    private static string Of(Command command) => VerbOf(command) switch
    {
        "run" => """
              buildguard run -- dotnet test
              buildguard run --memory 4G --timeout 10m -- make -j4
              buildguard run --label nightly --report out.json -- ./nightly.sh
            """,
        "status" => """
              buildguard status
              buildguard status --watch
              buildguard status --json | jq '.leases[].label'
            """,
        "queue" => """
              buildguard queue
              buildguard queue --watch
            """,
        "top" => """
              buildguard top
              buildguard top --interval 1s
              buildguard top > snapshot.txt
            """,
        "check" => """
              buildguard check && echo fit
              buildguard check --json | jq .freeMemoryBytes
            """,
        "monitor" => """
              buildguard monitor
              buildguard monitor --once --dry-run
              BUILDGUARD_MONITOR_ENDS=chrome buildguard monitor
              buildguard monitor --memory-threshold 90 --json >> watch.jsonl
            """,
        "reap" => """
              buildguard reap --dry-run
              buildguard reap --idle 10m
              buildguard reap --json | jq '.leases[].processes[].pid'
            """,
        "log" => """
              buildguard log --since 1h
              buildguard log --follow
              buildguard log --json | jq 'select(.event == "breach")'
            """,
        "report" => """
              buildguard report
              buildguard report --since 7d --output ~/week.html
              buildguard report --json | jq '.hungriest[0]'
            """,
        "stop" => """
              buildguard stop
              buildguard stop --yes --json | jq .over
              buildguard stop user/12-9f3a77b0
            """,
        "env" => """
              buildguard env > sequential.sh && . ./sequential.sh
              buildguard env --format github >> "$GITHUB_ENV"
            """,
        "init" => """
              buildguard init --dry-run
              buildguard init --yes --ci github
              buildguard init --undo --yes
            """,
        "hooks" => """
              buildguard hooks install
              buildguard hooks status --json | jq .hooks
              buildguard hooks remove
            """,
        "schedule" => """
              buildguard schedule install --interval 10m --idle 30m
              buildguard schedule install --dry-run --kind cron
              buildguard schedule remove
            """,
        "completion" => """
              buildguard completion bash >> ~/.bashrc
            """,
        "doctor" => """
              buildguard doctor
              buildguard doctor --json | jq .findings
            """,
        _ => """
              buildguard run -- dotnet build
              buildguard status
              buildguard log --since 1h
            """,
    };

    /// <summary>What stands below a verb has the verb's examples.</summary>
    private static string VerbOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand)?.Name ?? command.Name;

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool Terminating => true;

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using var help = new StringWriter { NewLine = "\n" };
            parseResult.InvocationConfiguration.Output = help;
            int code = inner.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;

            // The library knows only one form of usage, with the options behind the command they would then belong to.
            output.Write(help.ToString().Replace("run <command>... [options]", "run [OPTIONS] -- COMMAND [ARG...]", StringComparison.Ordinal)
                .Replace("<COMMAND [ARG...]>", "COMMAND [ARG...]  ", StringComparison.Ordinal));
            string[] codes = [.. ExitCodeHelp.Of(VerbOf(parseResult.CommandResult.Command))];
            if (codes.Length > 0)
            {
                output.WriteLine("Exit codes:");
                output.WriteLine(string.Join('\n', codes));
                output.WriteLine();
            }

            output.WriteLine("Examples:");
            output.WriteLine(Of(parseResult.CommandResult.Command));
            return code;
        }
    }
}
