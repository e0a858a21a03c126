using System.Text;

namespace BuildGuard.Cli.Programs;

/// <summary>
/// Text in which each character stands for a byte (ISO 8859-1): files of others keep every byte that we do not mean to
/// change, whatever their encoding is.
/// </summary>
internal static class ByteText
{
    /// <summary>Text of ours, as it is in a file.</summary>
    public static string Of(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text of bytes.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>What a file holds.</summary>
    public static string Read(string path) => FromBytes(File.ReadAllBytes(path));

    /// <summary>The bytes.</summary>
    public static byte[] ToBytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>What people read.</summary>
    public static string ToText(string text) => Encoding.UTF8.GetString(ToBytes(text));
}
