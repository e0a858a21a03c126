using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard env</c>: the environment in which tools do one thing at a time, for a shell, a file or a CI.</summary>
internal static class EnvVerb
{
    private const string Formats = "bash, pwsh, dotenv or github";

    public static Command Command()
    {
        var json = ViewOptions.Json();
        var format = new Option<string>("--format") { HelpName = "FORMAT", Description = $"For whom: {Formats}; bash by default" };
        format.CompletionSources.Add("bash", "pwsh", "dotenv", "github");
        var command = new Command("env", "Print the variables that make tools do one thing at a time and leave no servers behind. What is set already stays.") { format, json };
        command.SetAction(result =>
        {
            if (result.GetValue(json))
            {
                WriteJson();
            }
            else
            {
                Print(result.GetValue(format) ?? "bash", Terminal.Exact);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static IEnumerable<(string Name, string Value, string Reason)> All =>
        SequentialEnvironment.Variables.Concat(SequentialEnvironment.OneAtATime);

    private static void Print(string format, TextWriter output)
    {
        Func<(string Name, string Value, string Reason), string> line = format switch
        {
            // What is set is looked at where and when the lines are run.
            "bash" => v => $"{Comment(v.Reason)}\nexport {v.Name}=\"${{{v.Name}-{v.Value}}}\"",
            "pwsh" => v => $"{Comment(v.Reason)}\nif ($null -eq $env:{v.Name}) {{ $env:{v.Name} = '{v.Value}' }}",
            "dotenv" => v => $"{Comment(v.Reason)}\n{v.Name}=\"{v.Value}\"",
            "github" => v => $"{v.Name}={v.Value}",
            _ => throw new GuardException(Messages.BadUsage("env", $"--format '{format}' cannot be understood: expected {Formats}")),
        };

        // A file has no way to ask, so what is set here and now is left out.
        bool asks = format is "bash" or "pwsh";
        foreach (var variable in All.Where(v => asks || Composition.Variables(v.Name) is null))
        {
            output.WriteLine(line(variable));
        }
    }

    /// <summary>A comment may be broken on a terminal, an assignment never: somebody copies it.</summary>
    private static string Comment(string reason) =>
        "# " + Fold.At(reason, StandardStreams.Columns(StandardStreams.Out) - 2, hang: 0).Replace("\n", "\n# ", StringComparison.Ordinal);

    private static void WriteJson() => Terminal.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteStartArray("variables"u8);
        foreach ((string name, string value, string reason) in All)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("value"u8, value);
            json.WriteString("reason"u8, reason);
            json.WriteBoolean("setByRun"u8, SequentialEnvironment.Variables.Any(v => v.Name == name));
            json.WriteString("current"u8, Composition.Variables(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
