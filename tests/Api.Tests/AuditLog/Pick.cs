using CsCheck;

namespace ComplianceGrid.Api.Tests.AuditLog;

internal static class Pick
{
    public static Gen<T> From<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>Null in so many of ten cases.</summary>
    public static Gen<T?> Maybe<T>(int nulls, params T[] values) where T : class =>
        Gen.Int[0, 9].SelectMany(n => n < nulls ? Gen.Int[0, 0].Select(_ => default(T?)) : From<T?>(values));
}
