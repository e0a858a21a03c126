using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Runs;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary>
/// <c>buildguard inputs</c>: every setting with its value and where that was given. Between the MSBuild tasks and the helper only.
/// </summary>
internal static class InputsVerb
{
    /// <summary>Its options.</summary>
    public static readonly OptionSpec[] Options = [SessionOptions.Directory, SessionOptions.Property];

    public static int Execute(ParsedLine line)
    {
        try
        {
            foreach (SettingInput input in new Composition().Settings(line, line.Text(SessionOptions.Directory)).Inputs)
            {
                Write(input);
            }

            return ExitCodes.Success;
        }
        catch (GuardException)
        {
            // The session, or the first operation, says it.
            return ExitCodes.GuardFailed;
        }
    }

    private static void Write(SettingInput input)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, JsonEncoder.Compact))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, "input"u8);
            json.WriteString("name"u8, input.Setting.Name());
            json.WriteString("value"u8, input.Text);
            json.WriteString("source"u8, input.Source);
            json.WriteEndObject();
        }

        StandardStreams.WriteLine(StandardStreams.Out, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
