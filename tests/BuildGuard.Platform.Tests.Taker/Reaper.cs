using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Tests.Taker;

/// <summary>The successor of a taker that was killed.</summary>
internal static class Reaper
{
    public static int Reap(Options options)
    {
        var containment = new LinuxContainment(options.State, new LinuxProcessTable());
        Write(options, containment.EndLeftovers(options.LeaseId, options.Record).Ended);
        return 0;
    }

    public static int Find(Options options)
    {
        var containment = new LinuxContainment(options.State, new LinuxProcessTable());
        IReadOnlyList<ProcessRow> rows = containment.FindLeftovers(options.LeaseId, options.Record);
        Write(options, [.. rows.Select(row => new EndedProcess(row.Pid, row.Name, row.Command, 0, row.MemoryBytes))]);
        return 0;
    }

    public static void WriteEnded(Utf8JsonWriter json, IReadOnlyList<EndedProcess> ended)
    {
        json.WriteStartArray("ended");
        foreach (EndedProcess process in ended)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.Pid);
            json.WriteString("name", process.Name);
            json.WriteString("command", process.Command);
            json.WriteNumber("age", process.AgeMilliseconds);
            json.WriteNumber("memory", process.MemoryBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Options options, IReadOnlyList<EndedProcess> ended)
    {
        using FileStream file = File.Create(options.Report!);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        WriteEnded(json, ended);
        json.WriteEndObject();
    }
}
