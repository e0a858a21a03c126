using System.Text.Json;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;
using BuildGuard.Operations;

namespace BuildGuard.Cli.Schedules;

/// <summary>What came of <c>buildguard schedule</c> for one kind of schedule.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Change">What was done.</param>
/// <param name="Plan">What was, or would be, written.</param>
/// <param name="Remark">What is to be known besides; empty for nothing.</param>
internal sealed record ScheduleOutcome(ISchedule Schedule, Change Change, IReadOnlyList<SchedulePart> Plan, string Remark)
{
    /// <summary>For people.</summary>
    public static void Show(TextWriter output, IReadOnlyList<ScheduleOutcome> outcomes)
    {
        if (outcomes.Count == 0)
        {
            output.WriteLine("No schedule is installed.");
        }

        foreach (ScheduleOutcome outcome in outcomes)
        {
            string state = (outcome.Change, outcome.Schedule.State) switch
            {
                (Change.Planned, _) => "planned",
                (Change.Installed, _) => "installed now",
                (Change.Removed, _) => "taken away",
                (Change.Kept, _) => "left as it is",
                (_, ScheduleState.Installed) => "installed",
                (_, ScheduleState.Edited) => "installed, and edited since",
                _ => "not installed",
            };
            output.WriteLine($"{Terminal.Bold(outcome.Schedule.Kind)}: {state} ({string.Join(", ", outcome.Schedule.Places)}){(outcome.Remark.Length > 0 ? "; " + outcome.Remark : "")}");
            foreach (SchedulePart part in outcome.Change == Change.Planned ? outcome.Plan : [])
            {
                output.WriteLine(Terminal.Faint($"--- {part.Place}"));
                Terminal.Exact.Write(TextOf(part));
            }
        }
    }

    /// <summary>As JSON.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ScheduleOutcome> outcomes)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteStartArray("schedules"u8);
        foreach (ScheduleOutcome outcome in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, outcome.Schedule.Kind);
            json.WriteString("state"u8, outcome.Schedule.State.ToString().ToLowerInvariant());
            json.WriteString("change"u8, outcome.Change.ToString().ToLowerInvariant());
            json.WriteString("remark"u8, outcome.Remark.Length > 0 ? outcome.Remark : null);
            json.WriteStartArray("parts"u8);
            foreach (string place in outcome.Schedule.Places)
            {
                json.WriteStartObject();
                json.WriteString("place"u8, place);
                json.WriteString("text"u8, outcome.Plan.FirstOrDefault(part => part.Place == place) is { } part ? TextOf(part) : null);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string TextOf(SchedulePart part) => ByteText.ToText(part.Text);
}
