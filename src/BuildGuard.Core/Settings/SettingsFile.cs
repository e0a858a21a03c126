using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildGuard.Diagnostics;

namespace BuildGuard.Settings;

/// <summary>The file <c>buildguard.json</c>: strict about keys and values, so that a mistake is seen and not ignored.</summary>
public static class SettingsFile
{
    /// <summary>Its name.</summary>
    public const string Name = "buildguard.json";

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads the nearest file in or above a directory; there is none above none.</summary>
    /// <exception cref="GuardException">BG0004: it is there and not as it should be.</exception>
    public static SettingInput[] ReadNearest(ISettingsFiles files, string? directory)
    {
        ArgumentNullException.ThrowIfNull(files);
        for (string? at = directory; at is not null; at = files.Parent(at))
        {
            string path = at.EndsWith('/') ? at + Name : $"{at}/{Name}";
            byte[]? bytes;
            try
            {
                bytes = files.Read(at, Name, MaxBytes);
            }
            catch (IOException e)
            {
                throw new GuardException(Messages.UnreadableSettingsFile(path, e.Message), e);
            }

            if (bytes is not null)
            {
                return Parse(bytes, path);
            }
        }

        return [];
    }

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="GuardException">BG0004, with line and column.</exception>
    public static SettingInput[] Parse(ReadOnlySpan<byte> json, string path)
    {
        if (json.Length > MaxBytes)
        {
            throw new GuardException(Messages.UnreadableSettingsFile(path, $"it is larger than {Size.ToText(MaxBytes)}"));
        }

        if (json.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = 8,
        });
        try
        {
            return Members(ref reader, json, path);
        }
        catch (JsonException e)
        {
            // The reader counts in bytes from zero; people count in characters from one.
            throw Mistake(json, path, OffsetOf(json, e.LineNumber ?? 0, e.BytePositionInLine ?? 0), "this is not JSON");
        }
        catch (InvalidOperationException)
        {
            // A string that is not UTF-8 inside.
            throw Mistake(json, path, reader.TokenStartIndex, "this text is not UTF-8");
        }
    }

    private static SettingInput[] Members(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string path)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Mistake(json, path, reader.TokenStartIndex, "expected an object: { \"maxMemory\": \"8G\" }");
        }

        var inputs = new List<SettingInput>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long at = reader.TokenStartIndex;
            string name = reader.GetString()!;
            reader.Read();
            if (name == "$schema")
            {
                reader.Skip();
                continue;
            }

            if (!SettingNames.TryFind(name, out Setting setting) || name != setting.JsonName())
            {
                throw Mistake(json, path, at, $"there is no setting '{name}'{Hint(name)}");
            }

            if (inputs.Exists(i => i.Setting == setting))
            {
                throw Mistake(json, path, at, $"'{name}' stands here twice");
            }

            at = reader.TokenStartIndex;
            string? text = Value(ref reader, setting);
            string? expected = text is null ? SettingValue.ExpectedOf(setting) : SettingValue.Check(setting, text);
            if (expected is not null)
            {
                throw Mistake(json, path, at, $"this is no value of '{name}': expected {expected}");
            }

            inputs.Add(new SettingInput(setting, text!, path));
        }

        reader.Read();
        return [.. inputs];
    }

    private static string Hint(string name) => Variables.PropertyAlone(name) is { } hint
        ? $" in this file: {hint}"
        : Suggestion.For(name, SettingNames.All.Select(s => s.JsonName()));

    /// <summary>The value as text; <c>null</c> if it is of a kind that no setting takes.</summary>
    private static string? Value(ref Utf8JsonReader reader, Setting setting)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            case JsonTokenType.StartArray when setting is Setting.Keep or Setting.MonitorEnds:
                var names = new List<string>();
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    names.Add(reader.GetString()!);
                }

                return reader.TokenType == JsonTokenType.EndArray ? string.Join(';', names) : null;
            default:
                return null;
        }
    }

    private static GuardException Mistake(ReadOnlySpan<byte> json, string path, long offset, string problem)
    {
        ReadOnlySpan<byte> before = json[..(int)Math.Min(offset, json.Length)];
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new GuardException(Messages.SettingsFileMistake(path, line, column, problem));
    }

    private static long OffsetOf(ReadOnlySpan<byte> json, long line, long inLine)
    {
        long offset = 0;
        for (long i = 0; i < line; i++)
        {
            int end = json[(int)offset..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            offset += end + 1;
        }

        return offset + inLine;
    }
}
