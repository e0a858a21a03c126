using System.Text.Json;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Init;

/// <summary>A file that was written.</summary>
/// <param name="Path">From the root.</param>
/// <param name="Before">What it held before the first time; <c>null</c> if it was not there.</param>
/// <param name="Sum">The checksum of what was written.</param>
/// <param name="EarlierSum">
/// That of what was written the time before, which is still there where the writing was ended before it came to this file;
/// <c>null</c> if it is the first time.
/// </param>
internal sealed record WrittenFile(string Path, string? Before, string Sum, string? EarlierSum = null)
{
    /// <summary>Whether it is what was written, and nobody changed it since.</summary>
    public bool Wrote(string sum) => sum == Sum || sum == EarlierSum;
}

/// <summary>What was written, so that it can be taken back: <c>.buildguard/init.json</c>.</summary>
/// <param name="Files">The files.</param>
/// <param name="Hooks">The hooks that it put the guard into.</param>
internal sealed record InitRecord(List<WrittenFile> Files, IReadOnlyList<WrittenHook> Hooks)
{
    /// <summary>Its folder, from the root.</summary>
    public const string Folder = ".buildguard";

    /// <summary>Its path, from the root.</summary>
    public const string Name = Folder + "/init.json";

    /// <summary>Reads it. It comes with the repository, so it is believed only of files that <c>init</c> writes, inside that.</summary>
    /// <exception cref="GuardException">BG0022: it is not as it was written, or names a file that is none of them.</exception>
    public static InitRecord Read(string root)
    {
        string path = Path.Combine(root, Name);
        if (!File.Exists(path))
        {
            return new InitRecord([], []);
        }

        if (!RealPath.LeadsInto(root, Name))
        {
            throw new GuardException(Messages.InitFailed($"{path} is a link out of this repository, or lies behind one: nothing of it is believed", "remove the link: then nothing can be taken back"));
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            var record = new InitRecord(
                [.. json.RootElement.GetProperty("files").EnumerateArray().Select(file => new WrittenFile(
                    file.GetProperty("path").GetString()!,
                    file.GetProperty("before").GetString() is { } before ? ByteText.FromBytes(Convert.FromBase64String(before)) : null,
                    file.GetProperty("sum").GetString()!,
                    file.TryGetProperty("earlierSum", out JsonElement earlier) ? earlier.GetString() : null))],
                HooksIn(json.RootElement.GetProperty("hooks")));
            return record.Files.Find(file => !InitFiles.MayWrite(root, file.Path)) is not { } foreign
                ? record
                : throw new GuardException(Messages.InitFailed(
                    $"{path} names '{foreign.Path}', which is no file {(RealPath.LeadsInto(root, foreign.Path) ? "that init writes" : "of this repository")}: it was not written here, and nothing of it is believed",
                    "look at it, and remove it: then nothing can be taken back"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new GuardException(Messages.InitFailed($"{path} was edited and cannot be understood", "restore it from version control, or remove it: then nothing can be taken back"), e);
        }
    }

    /// <summary>Those that there are; a record of before there was a list says only whether.</summary>
    private static WrittenHook[] HooksIn(JsonElement hooks) => hooks.ValueKind == JsonValueKind.Array
        ? [.. hooks.EnumerateArray().Select(hook => WrittenHook.Read(hook.GetString() ?? "")).OfType<WrittenHook>().Distinct()]
        : hooks.GetBoolean() ? [.. HookFolder.Names.Select(name => new WrittenHook("", name))] : [];

    /// <summary>Writes it; one that says nothing is removed.</summary>
    public void Write(string root)
    {
        string path = Path.Combine(root, Name);
        if (Files.Count == 0 && Hooks.Count == 0)
        {
            string folder = Path.GetDirectoryName(path)!;
            if (Directory.Exists(folder))
            {
                WholeFile.Tidy(path);
                File.Delete(path);
                if (!Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    Directory.Delete(folder);
                }
            }

            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion"u8, Operations.OperationReport.SchemaVersion);
            json.WriteStartArray("hooks"u8);
            foreach (WrittenHook hook in Hooks)
            {
                json.WriteStringValue(hook.ToString());
            }

            json.WriteEndArray();
            json.WriteStartArray("files"u8);
            foreach (WrittenFile file in Files)
            {
                json.WriteStartObject();
                json.WriteString("path"u8, file.Path);
                json.WriteString("before"u8, file.Before is null ? null : Convert.ToBase64String(ByteText.ToBytes(file.Before)));
                json.WriteString("sum"u8, file.Sum);
                if (file.EarlierSum is not null)
                {
                    json.WriteString("earlierSum"u8, file.EarlierSum);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        ForeignFile.Write(path, buffer.ToArray());
    }

    /// <summary>With a change that was made.</summary>
    public void Add(FileChange change)
    {
        if (!InitFiles.IsOne(change.Path))
        {
            throw new InvalidOperationException($"{change.Path} could not be taken back: no step says that it writes it");
        }

        // What was there before the first time counts, unless somebody changed it in between.
        string? found = change.Before is null ? null : Checksum.Of(ByteText.ToBytes(change.Before));
        WrittenFile? earlier = found is null ? null : Files.Find(file => file.Path == change.Path && file.Wrote(found));
        Files.RemoveAll(file => file.Path == change.Path);
        string sum = Checksum.Of(ByteText.ToBytes(change.After));
        Files.Add(earlier is null ? new WrittenFile(change.Path, change.Before, sum) : new WrittenFile(change.Path, earlier.Before, sum, found));
    }
}
