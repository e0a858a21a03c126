using System.Text.Json;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;
using BuildGuard.Operations;

namespace BuildGuard.Cli.Init;

/// <summary>What <c>buildguard init</c> says of what it did, or would do.</summary>
internal static class InitOutcome
{
    private const int MaxRemark = 1000;

    /// <summary>Shows it.</summary>
    /// <returns>The exit code.</returns>
    public static int Show(string root, List<InitLine> lines, List<string> remarks, bool dryRun, bool asJson, List<string>? unguarded = null)
    {
        if (asJson)
        {
            Terminal.WriteJson(json => Write(json, root, lines, remarks, dryRun, unguarded ?? []));
        }
        else
        {
            var table = new Table();
            foreach (InitLine line in lines)
            {
                table.Add(line.Change, Terminal.Bold(line.Path), Terminal.Faint(line.Reason));
            }

            Terminal.Lines.WriteLine(lines.Count == 0 ? $"Nothing to do in {root}." : $"{(dryRun ? "To be done" : "Done")} in {root}:");
            table.WriteTo(Terminal.Lines, "  ");
            if (dryRun)
            {
                ShowContents([.. lines.Select(line => line.File).OfType<FileChange>()]);
            }

            remarks.ForEach(remark => Terminal.Lines.WriteLine(Terminal.Safe($"Note: {remark}", MaxRemark)));
            if (unguarded is { Count: > 0 })
            {
                Terminal.Lines.WriteLine($"Note: not guarded: {InitPlan.Count(unguarded)}{(unguarded.Count > 1 ? "; --json names them" : "")}");
            }
        }

        return lines.Exists(line => line.IsKept) ? ExitCodes.Findings : ExitCodes.Success;
    }

    private static void ShowContents(FileChange[] changes)
    {
        Terminal.Lines.Write(changes.Length > 0 ? "\n" : "");
        foreach (FileChange change in changes)
        {
            Terminal.Lines.WriteLine(Terminal.Bold(Terminal.Safe(change.Path)));
            FileDiff.Of(change).ForEach(line => Terminal.Lines.WriteLine($"  {line}"));
            Terminal.Lines.WriteLine();
        }
    }

    private static void Write(Utf8JsonWriter json, string root, List<InitLine> lines, List<string> remarks, bool dryRun, List<string> unguarded)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteBoolean("dryRun"u8, dryRun);
        json.WriteString("root"u8, root);
        json.WriteStartArray("changes"u8);
        foreach (InitLine line in lines)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, line.Path);
            json.WriteString("change"u8, line.Change);
            json.WriteString("reason"u8, line.Reason);
            json.WriteBoolean("kept"u8, line.IsKept);
            json.WriteString("content"u8, line.File is { } file ? ByteText.ToText(file.After) : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remarks"u8);
        remarks.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteStartArray("unguarded"u8);
        unguarded.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
