using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Identity.Passwords;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Identity.Passwords;

public sealed class PasswordHashTests
{
    [Fact]
    public void A_hash_fits_its_password_alone_and_is_the_standard_algorithms() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[1, 50]).Sample((password, other, iterations) =>
        {
            var text = PasswordHash.Create(password, iterations).ToString();
            Assert.True(text.Length <= 120 && PasswordHash.TryParse(text, out _));
            Assert.Equal(PasswordVerdict.Right, PasswordHasher.Verify(password, text, iterations));
            Assert.Equal(PasswordVerdict.RightButOutdated, PasswordHasher.Verify(password, text, iterations + 1));
            Assert.True(PasswordHasher.NeedsRehash(text, iterations + 1) && !PasswordHasher.NeedsRehash(text, iterations));
            if (PasswordText.Normalize(password) != PasswordText.Normalize(other) && !password.Any(char.IsSurrogate))
                Assert.Equal(PasswordVerdict.Wrong, PasswordHasher.Verify(other, text, iterations));
            Assert.NotEqual(text, PasswordHash.Create(password, iterations).ToString()); // salted
        }, iter: 200);

    [Fact]
    public void The_derivation_is_pbkdf2_hmac_sha_512()
    {
        Assert.True(PasswordHash.TryParse(PasswordHash.Create("correct horse", 3).ToString(), out var hash));
        // RFC 8018 §5.2 by hand: one block is enough for 32 bytes.
        using var hmac = new HMACSHA512(Encoding.UTF8.GetBytes("correct horse"));
        var block = hmac.ComputeHash([.. hash.Salt, 0, 0, 0, 1]);
        var sum = block.ToArray();
        for (var i = 1; i < 3; i++)
        {
            block = hmac.ComputeHash(block);
            for (var k = 0; k < sum.Length; k++) sum[k] ^= block[k];
        }

        Assert.Equal(sum[..32], hash.Hash);
    }

    [Fact]
    public void What_a_row_says_is_held_to_bounds_before_any_work()
    {
        var good = PasswordHash.Create("x", 5).ToString();
        foreach (var bad in new[]
                 {
                     "", "x", good + "=", good + "\n", good.Replace("i=5", "i=0"), good.Replace("i=5", "i=05"), good.Replace("i=5", "i=4000001"), good.Replace("i=5", "i=999999999"),
                     good.Replace("i=5", "i=9999999999999"), good.Replace("v=1", "v=2"), good[..^8], new string('$', 100_000),
                     "$2a$31$" + new string('a', 53), "$2a$15$" + new string('a', 53), "$2x$10$" + new string('a', 53), "$2a$10$short",
                 })
            Assert.Throws<InvalidDataException>(() => PasswordHasher.Verify("x", bad, 5));
    }

    [Theory, InlineData("2a"), InlineData("2b"), InlineData("2y")]
    public void A_bcrypt_hash_is_read_and_always_to_be_replaced(string kind)
    {
        Assert.Equal(PasswordVerdict.RightButOutdated, PasswordHasher.Verify("a", BcryptOfA(kind), 5));
        Assert.Equal(PasswordVerdict.Wrong, PasswordHasher.Verify("b", BcryptOfA(kind), 5));
        Assert.Equal(PasswordVerdict.Wrong, PasswordHasher.Verify("a\0", BcryptOfA(kind), 5));
        Assert.True(PasswordHasher.NeedsRehash(BcryptOfA(kind), 5));
    }

    // jBCrypt's published vector for "a" at cost 6.
    private static string BcryptOfA(string kind) => $"${kind}$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";

    [Fact]
    public void One_password_typed_on_two_keyboards_is_one()
    {
        var stored = PasswordHash.Create("Müller und Söhne", 5).ToString();
        Assert.Equal(PasswordVerdict.Right, PasswordHasher.Verify("Mu\u0308ller und So\u0308hne", stored, 5));
        Assert.Equal(PasswordVerdict.Right, PasswordHasher.Verify("Müller\u00A0und\u2003Söhne", stored, 5));
        Assert.Equal(PasswordVerdict.Wrong, PasswordHasher.Verify("müller und söhne", stored, 5));
        Assert.Equal("\u1E69", PasswordText.Normalize("s\u0307\u0323")); // marks in canonical order
        Assert.Equal("\uAC01", PasswordText.Normalize("\u1100\u1161\u11A8"));
        Assert.Equal("ﬁ", PasswordText.Normalize("ﬁ")); // no compatibility mapping
    }
}
