using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BuildGuard.Cli.CommandLine;

/// <summary>Adds examples to the help of every verb.</summary>
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

    private static string Of(Command command) => command.Name switch
    {
        "run" => """
              buildguard run -- dotnet test
              buildguard run --memory 4G --timeout 10m -- make -j4
              buildguard run --label nightly --report out.json -- ./nightly.sh
            """,
        "status" => """
              buildguard status
              buildguard status --json | jq '.leases[].label'
            """,
        "queue" => """
              buildguard queue
              buildguard queue --watch
            """,
        "check" => """
              buildguard check && echo fit
              buildguard check --json | jq .freeMemoryBytes
            """,
        "log" => """
              buildguard log --since 1h
              buildguard log --follow
              buildguard log --json | jq 'select(.event == "breach")'
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

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool Terminating => true;

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = inner.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine("Examples:");
            parseResult.InvocationConfiguration.Output.WriteLine(Of(parseResult.CommandResult.Command));
            return code;
        }
    }
}
