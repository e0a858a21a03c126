using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Idling;
using BuildGuard.Operations;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Doctor;

/// <summary>What <c>doctor --json</c> prints.</summary>
internal static class ExaminationJson
{
    public static void Write(Utf8JsonWriter json, Examination examination)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteString("version"u8, CommandTree.Version);
        json.WriteBoolean("healthy"u8, examination.Findings.Count == 0);
        WriteContainment(json, examination);
        json.WriteStartObject("machine"u8);
        json.WriteNumber("usableMemoryBytes"u8, examination.Facts.UsableMemoryBytes);
        json.WriteNumber("freeMemoryBytes"u8, examination.State.FreeMemoryBytes);
        json.WriteNumber("cores"u8, examination.Facts.Cores);
        if (examination.State.Load is { } load)
        {
            json.WriteNumber("load"u8, load);
        }

        json.WriteString("time"u8, JsonTime.Format(examination.Now));
        json.WriteString("clockRemark"u8, examination.ClockRemark);
        json.WriteEndObject();
        json.WriteString("stateDir"u8, examination.StateDirectory);
        json.WriteNumber("stateFreeBytes"u8, examination.StateFreeBytes);
        WriteList(json, "settings"u8, examination.Settings, input =>
        {
            json.WriteString("name"u8, input.Setting.Name());
            json.WriteString("value"u8, input.Text);
            json.WriteString("source"u8, input.Source);
        });
        Write(json, examination.Around);
        WriteList(json, "findings"u8, examination.Findings, finding =>
        {
            json.WriteString("code"u8, finding.Code);
            json.WriteString("text"u8, finding.Text);
            json.WriteString("helpLink"u8, finding.HelpLink);
        });
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Surroundings around)
    {
        json.WriteStartObject("repository"u8);
        json.WriteString("root"u8, around.Root);
        json.WriteString("unseen"u8, around.Unseen.Length > 0 ? around.Unseen : null);
        WriteList(json, "references"u8, around.References, one =>
        {
            json.WriteString("file"u8, one.File);
            json.WriteString("version"u8, one.Version);
            json.WriteString("remark"u8, one.Remark);
        });
        WriteList(json, "hooks"u8, around.Hooks, one =>
        {
            json.WriteString("name"u8, one.Name);
            json.WriteString("state"u8, one.State.ToString().ToLowerInvariant());
            json.WriteString("remark"u8, one.Remark.Length > 0 ? one.Remark : null);
        });
        json.WriteEndObject();
        WriteList(json, "locks"u8, around.Locks ?? [], one =>
        {
            json.WriteString("name"u8, one.Name);
            json.WriteNumber("leases"u8, one.Leases);
            json.WriteNumber("waiting"u8, one.Waiting);
            json.WriteNumber("elsewhere"u8, one.Elsewhere);
            WriteTexts(json, "unreadable", one.Unreadable);
            WriteTexts(json, "users", one.Users);
            WriteTexts(json, "versions", one.Versions);
        });
        WriteList(json, "schedules"u8, around.Schedules, one =>
        {
            json.WriteString("kind"u8, one.Kind);
            json.WriteString("state"u8, one.State.ToString().ToLowerInvariant());
        });
        WriteList(json, "tools"u8, around.Tools, one =>
        {
            json.WriteNumber("pid"u8, one.Process.Row.Pid);
            json.WriteString("kind"u8, one.Process.Kind.ToName());
            json.WriteNumber("memoryBytes"u8, one.Process.Row.MemoryBytes);
            json.WriteNumber("ageMs"u8, (long)one.Process.Age.TotalMilliseconds);
            json.WriteNumber("idleMs"u8, (long)one.Idle.TotalMilliseconds);
            json.WriteBoolean("inUse"u8, one.Process.IsInUse);
        });
    }

    /// <summary>A list of objects.</summary>
    private static void WriteList<T>(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<T> items, Action<T> members)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            members(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteContainment(Utf8JsonWriter json, Examination examination)
    {
        json.WriteStartObject("containment"u8);
        json.WriteString("rung"u8, examination.Rung?.ToName());
        WriteList(json, "refusals"u8, examination.Refusals, refusal =>
        {
            json.WriteString("rung"u8, refusal.Rung.ToName());
            json.WriteString("reason"u8, refusal.Reason);
            json.WriteString("remedy"u8, refusal.Remedy);
        });
        json.WriteEndObject();
    }
}
