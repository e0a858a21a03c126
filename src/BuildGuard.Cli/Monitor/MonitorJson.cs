using System.Text.Json;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;
using BuildGuard.Watching;

namespace BuildGuard.Cli.Monitor;

/// <summary>The JSON Lines of <c>monitor</c>.</summary>
internal static class MonitorJson
{
    /// <summary>What was measured.</summary>
    public static void WriteSample(WatchSample sample) => WriteLine(json =>
    {
        json.WriteString("event"u8, "sample"u8);
        json.WriteNumber("usedBytes"u8, sample.UsedBytes);
        json.WriteNumber("usableBytes"u8, sample.UsableBytes);
        json.WriteNumber("usedPercent"u8, Math.Round(sample.UsedPercent, 1));
        json.WriteNumber("processes"u8, sample.Processes);
        json.WriteStartArray("trees"u8);
        foreach (TreeSample tree in sample.Trees)
        {
            json.WriteStartObject();
            WriteTree(json, tree);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("named"u8);
        foreach (NamedSample named in sample.Named)
        {
            json.WriteStartObject();
            WriteNamed(json, named);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        TreeJson.WriteUnreadable(json, sample.Unreadable);
    });

    /// <summary>What was noticed or done.</summary>
    public static void WriteFinding(WatchFinding finding, bool dryRun) => WriteLine(json =>
    {
        json.WriteString("event"u8, "finding"u8);
        json.WriteString("level"u8, finding.Message.Level.ToString().ToLowerInvariant());
        json.WriteString("code"u8, finding.Message.Code);
        json.WriteString("text"u8, finding.Message.Text);
        json.WriteString("helpLink"u8, finding.Message.HelpLink);
        json.WriteBoolean("dryRun"u8, dryRun);
        if (finding.Tree is { } tree)
        {
            json.WriteStartObject("tree"u8);
            WriteTree(json, tree);
            json.WriteEndObject();
        }

        if (finding.Named is { } named)
        {
            json.WriteStartObject("named"u8);
            WriteNamed(json, named);
            json.WriteEndObject();
        }
    });

    private static void WriteTree(Utf8JsonWriter json, TreeSample tree)
    {
        json.WriteString("lease"u8, tree.Id.Value);
        json.WriteString("label"u8, tree.Label);
        json.WriteNumber("pid"u8, tree.Pid);
        json.WriteNumber("heldMs"u8, (long)tree.Held.TotalMilliseconds);
        json.WriteNumber("memoryBytes"u8, tree.MemoryBytes);
        json.WriteNumber("processes"u8, tree.Processes);
        json.WriteBoolean("mayBeEnded"u8, tree.MayBeEnded);
        if (tree.IsUnrecorded)
        {
            json.WriteBoolean("unrecorded"u8, true);
        }
    }

    private static void WriteNamed(Utf8JsonWriter json, NamedSample named)
    {
        json.WriteNumber("pid"u8, named.Process.Pid);
        json.WriteString("name"u8, named.Name);
        json.WriteString("rule"u8, named.Rule);
        json.WriteNumber("memoryBytes"u8, named.MemoryBytes);
        json.WriteNumber("processes"u8, named.Pids.Count);
    }

    private static void WriteLine(Action<Utf8JsonWriter> members)
    {
        using var output = new OutputStream();
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, JsonEncoder.Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
            json.WriteString("time"u8, JsonTime.Format(DateTimeOffset.UtcNow));
            members(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        output.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
    }
}
