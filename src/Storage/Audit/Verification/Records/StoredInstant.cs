using System.Globalization;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Instants as a record has them, <c>2026-07-01T09:30:00.000000Z</c> in ASCII: their order is that of their bytes.</summary>
internal static class StoredInstant
{
    public const int Length = 27;

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private static readonly DateTime PostgresEpoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly long Earliest = (DateTime.MinValue - PostgresEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long Latest = (DateTime.MaxValue - PostgresEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <param name="micros">Since 2000-01-01, as PostgreSQL sends it.</param>
    /// <param name="text">Takes <see cref="Length"/> bytes.</param>
    /// <returns>False: outside the years 1 to 9999.</returns>
    public static bool TryFormat(long micros, Span<byte> text)
    {
        if (micros < Earliest || micros > Latest) return false;
        Span<byte> round = stackalloc byte[Length + 1];
        PostgresEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).TryFormat(round, out _, "O", CultureInfo.InvariantCulture); // seven digits
        round[..(Length - 1)].CopyTo(text);
        text[Length - 1] = (byte)'Z';
        return true;
    }

    public static string Text(DateTime at) => at.ToString(Format, CultureInfo.InvariantCulture);

    public static bool IsText(ReadOnlySpan<byte> text)
    {
        if (text.Length != Length) return false;
        for (var i = 0; i < Length; i++)
        {
            if (Shape[i] == '0' ? !char.IsAsciiDigit((char)text[i]) : text[i] != Shape[i]) return false;
        }

        var (year, month) = (Number(text[..4]), Number(text[5..7]));
        return year > 0 && month is >= 1 and <= 12 && Number(text[8..10]) is var day && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && Number(text[11..13]) < 24 && Number(text[14..16]) < 60 && Number(text[17..19]) < 60;
    }

    private static ReadOnlySpan<byte> Shape => "0000-00-00T00:00:00.000000Z"u8;

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = number * 10 + (digit - '0');
        return number;
    }
}
