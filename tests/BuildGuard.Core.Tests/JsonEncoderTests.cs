using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BuildGuard.Diagnostics;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class JsonEncoderTests
{
    private static readonly JsonWriterOptions s_framework = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [TestMethod]
    public void Every_character_is_read_as_with_the_frameworks_encoder()
    {
        var wrong = new List<string>();
        for (int c = 0; c <= char.MaxValue; c++)
        {
            foreach (string text in (string[])[$"{(char)c}", $"a{(char)c}b\"{(char)c}", $"ü{(char)c}{(char)c}\\"])
            {
                if (Read(Write(text, JsonEncoder.Compact)) != Read(Write(text, s_framework)))
                {
                    wrong.Add($"{c:X4}");
                }
            }
        }

        Assert.IsEmpty(wrong, string.Join(' ', wrong));
    }

    /// <summary>Not data rows: an attribute cannot hold half a pair.</summary>
    [TestMethod]
    public void Pairs_stay_and_halves_are_replaced()
    {
        (string Text, string Read)[] cases =
        [
            ("", ""),
            ("\ud83d\ude00", "\ud83d\ude00"),
            ("a\ud83d\ude00b\n", "a\ud83d\ude00b\n"),
            ("\udbff\udfff", "\udbff\udfff"),
            ("\ud83d", "\ufffd"),
            ("\ude00", "\ufffd"),
            ("\ude00\ud83d", "\ufffd\ufffd"),
            ("\ud83d\ud83d\ude00", "\ufffd\ud83d\ude00"),
            ("\"\ud83dx", "\"\ufffdx"),
        ];
        foreach ((string text, string read) in cases)
        {
            Assert.AreEqual(read, Read(Write(text, JsonEncoder.Compact)));
        }
    }

    [TestMethod]
    public void Nothing_ends_a_line_or_commands_a_terminal()
    {
        string all = string.Concat(Enumerable.Range(0, 0x10000).Where(c => !char.IsSurrogate((char)c)).Select(c => (char)c));
        string json = Encoding.UTF8.GetString(Write(all, JsonEncoder.Compact));
        Assert.IsFalse(json.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202E' or '\u2066' or '\u200B' or '\uFEFF'));
    }

    [TestMethod]
    [DataRow("\"\\\b\f\n\r\t\u007f", """ "\"\\\b\f\n\r\t\u007F" """)]
    [DataRow("ä € <a href='b'>&+ \ud83d\ude00", """ "ä € <a href='b'>&+ 😀" """)]
    public void No_more_is_escaped_than_must_be(string text, string json) =>
        Assert.AreEqual(json.Trim(), Encoding.UTF8.GetString(Write(text, JsonEncoder.Compact)));

    [TestMethod]
    public void Bytes_and_member_names_are_escaped_alike()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonEncoder.Compact))
        {
            json.WriteStartObject();
            json.WriteString("a\"b\n"u8, "ü\t\u2028"u8);
            json.WriteString("c\ud83d", (byte[])[(byte)'x', 0xFF, (byte)'"']);
            json.WriteEndObject();
        }

        Assert.AreEqual("""{"a\"b\n":"ü\t\u2028","c\uFFFD":"x\uFFFD\""}""", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static byte[] Write(string text, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string? Read(byte[] json) => JsonSerializer.Deserialize<JsonElement>(json).GetString();
}
