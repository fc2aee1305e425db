using ComplianceGrid.Api.Identity.Passwords;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Identity.Passwords;

public sealed class PasswordRulesTests
{
    private static readonly PasswordOptions Limits = new();
    private static readonly OwnWords Own = OwnWords.Of("Renée de la Cruz-Muñoz", "r.cruz@rhino-freight.example", "acme", "Acme Trucking LLC", null, "");

    [Fact]
    public void The_list_is_whole() => Assert.InRange(CommonPasswords.Count, 30_000, 100_000);

    [Theory]
    [InlineData("qwerty123456")]
    [InlineData("Password1234")]
    [InlineData("P@ssw0rd!2024")]
    [InlineData("$unsh1ne$unsh1ne")]
    [InlineData("2024!!sunshine!!")]
    [InlineData("123456123456")]
    [InlineData("abcabcabcabc")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abcdefghijklmn")]
    [InlineData("098765432109")]
    [InlineData("Motherfucker")]
    public void Common_ones_are_refused_however_they_are_dressed_up(string password) =>
        Assert.Contains(PasswordRules.Refusals(password, OwnWords.None, Limits), text => text.Contains("many people use"));

    [Theory]
    [InlineData("Renée-was-here-once")]
    [InlineData("xx renee yy zz 11")]
    [InlineData("xx R3nee yy zz 11")]
    [InlineData("my munoz house rules")]
    [InlineData("acme makes anvils")]
    [InlineData("the @cme anvil works")]
    [InlineData("I drive trucking far")]
    [InlineData("big Rhino on the road")]
    public void Own_words_are_refused(string password) =>
        Assert.Contains(PasswordRules.Refusals(password, Own, Limits), text => text.Contains("in it, which others know"));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("73920184657382910465")]
    [InlineData("løve og kærlighed i nord")]
    [InlineData("ключ от старого дома")]
    [InlineData("🦏🌋🎻🚚🪜🧂🦩🧭🪁🥝🦥🪵")]
    [InlineData("            x y z")]
    public void No_class_of_characters_is_asked_for(string password) => Assert.Empty(PasswordRules.Refusals(password, Own, Limits));

    [Fact]
    public void Length_counts_code_points_of_the_normal_form()
    {
        Assert.Contains("11 characters", Assert.Single(PasswordRules.Refusals("🦏🌋🎻🚚🪜🧂🦩🧭🪁🥝🦥", Own, Limits)));
        Assert.Contains("11 characters", Assert.Single(PasswordRules.Refusals("wolkenbru\u0308ke", Own, Limits)));
        Assert.Empty(PasswordRules.Refusals(Random(128), Own, Limits));
        Assert.Contains("at most 128", Assert.Single(PasswordRules.Refusals(Random(129), Own, Limits)));
        Assert.Contains("at most 128", Assert.Single(PasswordRules.Refusals(Random(1_000_000), Own, Limits)));
        Assert.Contains("cannot be typed", Assert.Single(PasswordRules.Refusals("tab\there and there", Own, Limits)));
        Assert.Contains("cannot be typed", Assert.Single(PasswordRules.Refusals("half \uD83E goose here", Own, Limits)));
    }

    [Fact]
    public void Any_text_gets_an_answer_that_does_not_depend_on_its_form() =>
        Gen.String.Sample(text => Assert.Equal(PasswordRules.Refusals(text, Own, Limits).Count,
            PasswordRules.Refusals(PasswordText.Normalize(text), Own, Limits).Count));

    [Fact]
    public void What_is_put_around_a_common_one_or_an_own_word_does_not_save_it() =>
        Gen.Select(Gen.OneOf(Gen.Const("dragon"), Gen.Const("football"), Gen.Const("letmein"), Gen.Const("princess")), Gen.Int[0, 999_999_999], Gen.OneOf(Gen.Const(""), Gen.Const("!"), Gen.Const("#?"), Gen.Const("2024-")), Gen.Bool).Sample((word, number, sign, upper) =>
        {
            var dressed = $"{sign}{(upper ? word.ToUpperInvariant() : word)}{number}";
            Assert.True(CommonPasswords.Has(dressed), dressed);
            Assert.NotNull(OwnWords.Of(word).In("so " + dressed + " it goes"));
        });

    [Fact]
    public async Task The_last_ones_are_asked_about_only_when_all_else_is_well_and_no_more_of_them_than_count()
    {
        var asked = new List<string>();
        Task<bool> Among(string password, IEnumerable<string> hashes, CancellationToken ct)
        {
            asked.AddRange(hashes);
            return Task.FromResult(true);
        }

        var hashes = Enumerable.Range(0, 30).Select(i => $"h{i}").ToArray();
        var ct = TestContext.Current.CancellationToken;
        Assert.Single(await PasswordRules.RefusalsAsync("pmnqzt", Own, hashes, Limits, Among, ct));
        Assert.Empty(asked);
        Assert.Contains("last 24", Assert.Single(await PasswordRules.RefusalsAsync("correct horse battery", Own, hashes, Limits, Among, ct)));
        Assert.Equal(hashes[..24], asked);
    }

    // No word and no run: letters by a fixed multiplier.
    private static string Random(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i * (long)i * 7 % 1009 % 26)));
}
