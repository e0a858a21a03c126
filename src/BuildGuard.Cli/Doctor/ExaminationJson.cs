using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Hooks;
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
        json.WriteStartArray("settings"u8);
        foreach (SettingInput input in examination.Settings)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, input.Setting.Name());
            json.WriteString("value"u8, input.Text);
            json.WriteString("source"u8, input.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, examination.Around);
        json.WriteStartArray("findings"u8);
        foreach (GuardMessage finding in examination.Findings)
        {
            json.WriteStartObject();
            json.WriteString("code"u8, finding.Code);
            json.WriteString("text"u8, finding.Text);
            json.WriteString("helpLink"u8, finding.HelpLink);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Surroundings around)
    {
        json.WriteStartObject("repository"u8);
        json.WriteString("root"u8, around.Root);
        json.WriteString("unseen"u8, around.Unseen.Length > 0 ? around.Unseen : null);
        json.WriteStartArray("references"u8);
        foreach (VersionReference one in around.References)
        {
            json.WriteStartObject();
            json.WriteString("file"u8, one.File);
            json.WriteString("version"u8, one.Version);
            json.WriteString("remark"u8, one.Remark);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("hooks"u8);
        foreach (HookReport one in around.Hooks)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, one.Name);
            json.WriteString("state"u8, one.State.ToString().ToLowerInvariant());
            json.WriteString("remark"u8, one.Remark.Length > 0 ? one.Remark : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("locks"u8);
        foreach (LockUse one in around.Locks ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name"u8, one.Name);
            json.WriteNumber("leases"u8, one.Leases);
            json.WriteNumber("waiting"u8, one.Waiting);
            json.WriteNumber("elsewhere"u8, one.Elsewhere);
            WriteTexts(json, "unreadable", one.Unreadable);
            WriteTexts(json, "users", one.Users);
            WriteTexts(json, "versions", one.Versions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("schedules"u8);
        foreach (Surroundings.ScheduleLook one in around.Schedules)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, one.Kind);
            json.WriteString("state"u8, one.State.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("tools"u8);
        foreach (IdleTool one in around.Tools)
        {
            json.WriteStartObject();
            json.WriteNumber("pid"u8, one.Process.Row.Pid);
            json.WriteString("kind"u8, one.Process.Kind.ToName());
            json.WriteNumber("memoryBytes"u8, one.Process.Row.MemoryBytes);
            json.WriteNumber("ageMs"u8, (long)one.Process.Age.TotalMilliseconds);
            json.WriteNumber("idleMs"u8, (long)one.Idle.TotalMilliseconds);
            json.WriteBoolean("inUse"u8, one.Process.IsInUse);
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
        json.WriteStartArray("refusals"u8);
        foreach (RungRefusal refusal in examination.Refusals)
        {
            json.WriteStartObject();
            json.WriteString("rung"u8, refusal.Rung.ToName());
            json.WriteString("reason"u8, refusal.Reason);
            json.WriteString("remedy"u8, refusal.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
