using System.Buffers;
using System.Buffers.Text;
using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>
/// Reads RFC 8785 JSON with integers only, and accepts no other spelling of it: no white space, no needless escape, members in
/// order. It copies nothing: values are ranges of the text. The text's UTF-8 must have been checked.
/// </summary>
internal ref struct CanonicalReader(ReadOnlySpan<byte> json)
{
    private const int DeepestNesting = 64;
    private const long LargestExact = (1L << 53) - 1;
    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;

    public readonly bool IsAtEnd => _at == _json.Length;

    public readonly byte Next => _at < _json.Length ? _json[_at] : throw new FormatException("it ends too early");

    public bool TryTake(byte token)
    {
        if (_at >= _json.Length || _json[_at] != token) return false;
        _at++;
        return true;
    }

    /// <exception cref="FormatException">Something else stands there.</exception>
    public void Take(byte token)
    {
        if (!TryTake(token)) throw new FormatException($"'{(char)token}' was expected at byte {_at}");
    }

    /// <returns>The string without its quotes, escapes as they stand.</returns>
    public Range String()
    {
        Take((byte)'"');
        var start = _at;
        while (true)
        {
            var clean = _json[_at..].IndexOfAny(Special);
            if (clean < 0) throw new FormatException("a string has no end");
            _at += clean;
            switch (_json[_at])
            {
                case (byte)'"': return start.._at++;
                case (byte)'\\': Escape(); break;
                default: throw new FormatException($"a control character stands at byte {_at}");
            }
        }
    }

    public Range Integer()
    {
        var start = _at;
        TryTake((byte)'-');
        var digits = _at;
        while (_at < _json.Length && char.IsAsciiDigit((char)_json[_at])) _at++;
        var text = _json[start.._at];
        if (!Utf8Parser.TryParse(text, out long value, out var read) || read != text.Length || Math.Abs((decimal)value) > LargestExact
            || (_json[digits] == (byte)'0' && text.Length > 1)) throw new FormatException($"no canonical integer stands at byte {start}");
        return start.._at;
    }

    public Range Object()
    {
        var start = _at;
        ObjectAt(1);
        return start.._at;
    }

    private void Value(int depth)
    {
        if (depth > DeepestNesting) throw new FormatException("it is nested too deeply");
        switch (Next)
        {
            case (byte)'{': ObjectAt(depth); break;
            case (byte)'[': Array(depth); break;
            case (byte)'"': String(); break;
            case (byte)'t': Literal("true"u8); break;
            case (byte)'f': Literal("false"u8); break;
            case (byte)'n': Literal("null"u8); break;
            default: Integer(); break;
        }
    }

    private void ObjectAt(int depth)
    {
        Take((byte)'{');
        if (TryTake((byte)'}')) return;
        Range? last = null;
        do
        {
            var name = String();
            if (last is { } before && !IsBefore(_json[before], _json[name])) throw new FormatException($"a member is out of order before byte {_at}");
            last = name;
            Take((byte)':');
            Value(depth + 1);
        }
        while (TryTake((byte)','));
        Take((byte)'}');
    }

    private void Array(int depth)
    {
        Take((byte)'[');
        if (TryTake((byte)']')) return;
        do Value(depth + 1);
        while (TryTake((byte)','));
        Take((byte)']');
    }

    private void Literal(ReadOnlySpan<byte> literal)
    {
        if (!_json[_at..].StartsWith(literal)) throw new FormatException($"no value stands at byte {_at}");
        _at += literal.Length;
    }

    /// <summary>The short escape where there is one, <c>\u00xx</c> in lower case for the other control characters, none for the rest.</summary>
    private void Escape()
    {
        var rest = _json[_at..];
        if (rest.Length > 1 && "\"\\btnfr"u8.Contains(rest[1])) _at += 2;
        else if (rest.Length > 5 && rest.StartsWith("\\u00"u8) && rest[4] is (byte)'0' or (byte)'1' && IsLongEscape(rest[4], rest[5])) _at += 6;
        else throw new FormatException($"a needless or unknown escape stands at byte {_at}");
    }

    private static bool IsLongEscape(byte high, byte low) =>
        low is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')
        && !(high == '0' && low is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'c' or (byte)'d');

    /// <summary>By UTF-16 code units, which differs from the order of bytes beyond U+FFFF.</summary>
    private static bool IsBefore(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        IsPlain(left) && IsPlain(right) ? left.SequenceCompareTo(right) < 0 : string.CompareOrdinal(JsonText.Unescape(left), JsonText.Unescape(right)) < 0;

    private static bool IsPlain(ReadOnlySpan<byte> name) => !name.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !name.Contains((byte)'\\');
}
