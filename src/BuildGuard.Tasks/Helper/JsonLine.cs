using System.Globalization;
using System.Text;

namespace BuildGuard.Tasks.Helper;

/// <summary>
/// Reads the members of one JSON object, one line of the helper's. A reader of our own because .NET Framework has none,
/// and a task must not bring libraries that the build engine may have in another version.
/// </summary>
internal sealed class JsonLine
{
    private readonly string _text;
    private int _at;

    private JsonLine(string text) => _text = text;

    /// <summary>
    /// The members whose values are texts, numbers or truth values, as texts; nested values are left out.
    /// Null when the line is no object.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Read(string line)
    {
        var reader = new JsonLine(line);
        try
        {
            var members = new Dictionary<string, string>(StringComparer.Ordinal);
            reader.ReadObject(members);
            reader.SkipSpace();
            return reader._at == line.Length ? members : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void ReadObject(Dictionary<string, string>? members)
    {
        Expect('{');
        if (TryTake('}'))
        {
            return;
        }

        do
        {
            SkipSpace();
            var name = ReadString();
            Expect(':');
            var value = ReadValue();
            if (value is not null && members is not null)
            {
                members[name] = value;
            }
        }
        while (TryTake(','));
        Expect('}');
    }

    private string? ReadValue()
    {
        SkipSpace();
        switch (Peek())
        {
            case '"':
                return ReadString();
            case '{':
                ReadObject(null);
                return null;
            case '[':
                SkipArray();
                return null;
            default:
                var word = ReadWord();
                return word == "null" ? null : word;
        }
    }

    private void SkipArray()
    {
        Expect('[');
        if (TryTake(']'))
        {
            return;
        }

        do
        {
            ReadValue();
        }
        while (TryTake(','));
        Expect(']');
    }

    private string ReadWord()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || "+-.".IndexOf(_text[_at]) >= 0))
        {
            _at++;
        }

        return _at > start ? _text.Substring(start, _at - start) : throw new FormatException();
    }

    private string ReadString()
    {
        if (Peek() != '"')
        {
            throw new FormatException();
        }

        _at++;
        var value = new StringBuilder();
        while (Peek() != '"')
        {
            var character = _text[_at++];
            value.Append(character == '\\' ? ReadEscape() : character);
        }

        _at++;
        return value.ToString();
    }

    private char ReadEscape()
    {
        var character = Peek();
        _at++;
        return character switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => ReadCodeUnit(),
            '"' or '\\' or '/' => character,
            _ => throw new FormatException(),
        };
    }

    private char ReadCodeUnit()
    {
        if (_at + 4 > _text.Length
            || !ushort.TryParse(_text.Substring(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            throw new FormatException();
        }

        _at += 4;
        return (char)unit;
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw new FormatException();

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool TryTake(char character)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != character)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char character)
    {
        if (!TryTake(character))
        {
            throw new FormatException();
        }
    }
}
