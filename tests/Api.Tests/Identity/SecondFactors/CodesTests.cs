using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SecondFactors;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Identity.SecondFactors;

/// <summary>Recovery codes, codes by SMS, tokens by mail.</summary>
public sealed class CodesTests
{
    private static readonly SecondFactorKey Key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly Guid Ada = Guid.Parse("0192a000-0000-7000-8000-000000000001");
    private static readonly Guid Bob = Guid.Parse("0192a000-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly SmsOptions Limits = new();

    [Fact]
    public void Ten_recovery_codes_each_found_by_its_owner_alone()
    {
        var issued = RecoveryCodes.Issue(Key, Ada);
        Assert.Equal((10, 10), (issued.Shown.Distinct().Count(), issued.Kept.Count));
        for (var i = 0; i < 10; i++)
        {
            Assert.Matches("^[2-9A-HJKMNP-TV-Z]{4}(-[2-9A-HJKMNP-TV-Z]{4}){5}$", issued.Shown[i]);
            Assert.Equal(i, RecoveryCodes.Find(Key, Ada, issued.Shown[i].ToLowerInvariant().Replace('-', ' '), issued.Kept));
            Assert.Null(RecoveryCodes.Find(Key, Bob, issued.Shown[i], issued.Kept));
            Assert.Null(RecoveryCodes.Find(new(new byte[32]), Ada, issued.Shown[i], issued.Kept));
            Assert.Null(RecoveryCodes.Find(Key, Ada, issued.Shown[i], [.. issued.Kept.Where((_, k) => k != i)])); // used
        }

        foreach (var bad in new[] { "", "AAAA", "0000-0000-0000", new string('A', 1_000_000) }) Assert.Null(RecoveryCodes.Find(Key, Ada, bad, issued.Kept));
    }

    [Fact]
    public void A_code_by_sms_has_so_many_tries_and_so_much_time() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 600]).Sample((wrong, seconds) =>
        {
            var (code, kept) = SmsCode.Issue(Key, Ada, Limits, Now);
            Assert.Matches("^[0-9]{6}$", code);
            var other = code[..5] + (char)('0' + (code[5] - '0' + 1) % 10);
            var now = Now.AddSeconds(seconds);
            for (var i = 0; i < wrong; i++)
            {
                Assert.False(kept.Fits(Key, Ada, other, now));
                kept = kept.Spend();
            }

            Assert.Equal(seconds < 300 && wrong < 3, kept.Fits(Key, Ada, $"{code[..3]} {code[3..]}", now));
            Assert.False(kept.Fits(Key, Bob, code, now));
            Assert.False(kept.Fits(new(new byte[32]), Ada, code, now));
        });

    [Theory]
    [InlineData("+12025550123", "+12025550123", "+•••••••••23"), InlineData("+1 (202) 555-01.23", "+12025550123", "+•••••••••23"), InlineData("+2901234", "+2901234", "+•••••34")]
    [InlineData("+123456789012345", "+123456789012345", "+•••••••••••••45")]
    public void A_telephones_number_is_E_164_and_shown_by_its_last_digits(string typed, string number, string masked)
    {
        Assert.Equal(number, TelephoneNumber.Read(typed));
        Assert.Equal(masked, TelephoneNumber.Masked(number));
    }

    [Theory]
    [InlineData(""), InlineData("+"), InlineData("12025550123"), InlineData("+02025550123"), InlineData("+123456"), InlineData("+1234567890123456"), InlineData("+1202555012x"), InlineData("++12025550123")]
    [InlineData("+1202555٠١٢٣"), InlineData("+12025550123;ext=1"), InlineData("+1                                2025550123")]
    public void What_is_no_telephones_number_is_refused(string typed) => Assert.Null(TelephoneNumber.Read(typed));

    [Fact]
    public void A_token_is_known_by_its_hash_in_its_one_spelling()
    {
        var (token, kept) = OneTimeToken.Issue(Now, OneTimeToken.ResetLife);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", token);
        Assert.Equal(kept.Hash, OneTimeToken.HashOf(token));
        Assert.Equal(Now.AddMinutes(15), kept.ExpiresAt);
        Assert.NotEqual(kept.Hash, OneTimeToken.HashOf(OneTimeToken.Issue(Now, OneTimeToken.ResetLife).Token));
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Assert.Single(alphabet, last => OneTimeToken.HashOf(token[..42] + last) is { } hash && hash.AsSpan().SequenceEqual(kept.Hash));
        foreach (var bad in new[] { "", token[..42], token + "A", token[..42] + "=", new string('A', 1_000_000) }) Assert.Null(OneTimeToken.HashOf(bad));
    }

    [Fact]
    public void The_message_has_the_link_and_who_asked_is_not_named()
    {
        var mail = ResetMail.Compose("ada@acme.example", "Compliance Grid", new("https://grid.example/account/reset"), "tok", OneTimeToken.ResetLife);
        Assert.Contains("https://grid.example/account/reset?token=tok", mail.Text);
        Assert.Contains("within 15 minutes", mail.Text);
        Assert.DoesNotContain("ada", mail.Text);
    }
}
