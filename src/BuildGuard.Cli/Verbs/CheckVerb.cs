using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using BuildGuard.Cli.Ci;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Preflight;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard check</c>: the pre-flight check alone. Exit 0 fit, 75 not fit.</summary>
internal static class CheckVerb
{
    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var memory = new Option<string>("--min-free-memory") { HelpName = "SIZE", Description = "Memory that must be free" };
        var load = new Option<string>("--max-load") { HelpName = "X", Description = "The highest one-minute load allowed" };
        var command = new Command("check", "Look whether the machine is fit to start something. Exit code 0: fit; 75: not fit.") { json, memory, load };
        command.SetAction(result =>
        {
            var options = new List<SettingInput>();
            Add(options, Setting.MinFreeMemory, "--min-free-memory", result.GetValue(memory));
            Add(options, Setting.MaxLoad, "--max-load", result.GetValue(load));
            PreflightReport report = new PreflightCheck(composition.Machine, composition.Settings([.. options]), MessageSink.Silent).Look();
            if (result.GetValue(json))
            {
                Terminal.WriteJson(writer => Write(writer, report));
            }
            else
            {
                Show(report, Terminal.Lines);
            }

            return report.IsFit ? ExitCodes.Success : ExitCodes.NotFit;
        });
        return command;
    }

    private static void Add(List<SettingInput> options, Setting setting, string name, string? text)
    {
        if (text is not null)
        {
            options.Add(new SettingInput(setting, text, name));
        }
    }

    private static void Write(Utf8JsonWriter json, PreflightReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteBoolean("fit"u8, report.IsFit);
        json.WriteNumber("freeMemoryBytes"u8, report.State.FreeMemoryBytes);
        json.WriteNumber("requiredMemoryBytes"u8, report.RequiredMemoryBytes);
        json.WriteNumber("usableMemoryBytes"u8, report.Facts.UsableMemoryBytes);
        WriteNumber(json, "load", report.State.Load);
        WriteNumber(json, "maxLoad", report.MaxLoad);
        if (report.State.Pressure is { } pressure)
        {
            json.WriteStartObject("pressure"u8);
            json.WriteNumber("some"u8, pressure.Some);
            json.WriteNumber("full"u8, pressure.Full);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("pressure"u8);
        }

        json.WriteStartArray("reasons"u8);
        foreach (GuardMessage reason in report.Reasons(MessageLevel.Error))
        {
            json.WriteStartObject();
            json.WriteString("code"u8, reason.Code);
            json.WriteString("text"u8, reason.Text);
            json.WriteString("helpLink"u8, reason.HelpLink);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Show(PreflightReport report, TextWriter output)
    {
        output.WriteLine(report.IsFit ? Terminal.Green("fit") : Terminal.Red("not fit"));
        var table = new Table();
        table.Add("free memory", $"{Size.ToText(report.State.FreeMemoryBytes)} of {Size.ToText(report.Facts.UsableMemoryBytes)}, {Size.ToText(report.RequiredMemoryBytes)} required");
        table.Add(
            "load",
            (report.State.Load is { } load ? load.ToString("0.00", CultureInfo.InvariantCulture) : "unknown")
                + (report.MaxLoad is { } max ? $", at most {PreflightReport.TextOf(max)} allowed" : ", any allowed"));
        table.Add(
            "memory pressure",
            report.State.Pressure is { } pressure
                ? string.Create(CultureInfo.InvariantCulture, $"{pressure.Some:0.0} % of the last ten seconds somebody stood still, {pressure.Full:0.0} % everybody")
                : "not told by this kernel");
        table.WriteTo(output, "  ");
        CiFormat? service = CiService.Of(asked: null);
        foreach (GuardMessage reason in report.Reasons(MessageLevel.Error))
        {
            if (service is null)
            {
                output.WriteLine($"  {reason.Code}: {reason.Text}");
            }
            else
            {
                // The service shows it beside the build, and in its log, too.
                Listeners.ToStandardError(service).Say(reason);
            }
        }
    }
}
