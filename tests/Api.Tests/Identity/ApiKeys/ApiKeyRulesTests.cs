using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.ApiKeys;
using ComplianceGrid.Storage.Identity;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Identity.ApiKeys;

public sealed class ApiKeyRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void However_often_it_is_rotated_no_secret_lives_longer_than_it_was_made_for_or_than_the_overlap_after_it_was_replaced() =>
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 168], Gen.Int[1, 365]).Array[1, 12].Sample(steps =>
        {
            var now = Now;
            ImmutableArray<ApiKeySecret> secrets = [new([0], now.AddDays(90))];
            var bounds = new Dictionary<byte, DateTimeOffset> { [0] = now.AddDays(90) };
            byte made = 0;
            foreach (var (hours, overlap, days) in steps)
            {
                now = now.AddHours(hours);
                if (ApiKeyRules.Rotate(secrets, new([(byte)(made + 1)], now.AddDays(days)), now, TimeSpan.FromHours(overlap)) is not { } next) continue;
                var replaced = secrets[0].Hash[0];
                if (now.AddHours(overlap) < bounds[replaced]) bounds[replaced] = now.AddHours(overlap);
                bounds[++made] = now.AddDays(days);
                secrets = next;
                Assert.Equal(made, secrets[0].Hash[0]);
                Assert.InRange(secrets.Length, 1, ApiKeyRules.MostSecrets);
                Assert.All(secrets, secret => Assert.True(secret.GoodUntil > now && secret.GoodUntil <= bounds[secret.Hash[0]]));
            }
        });

    [Fact]
    public void A_key_reads_back_as_it_was_written_and_nothing_else_is_one()
    {
        var key = ApiKeyText.New();
        Assert.True(ApiKeyText.TryParse(key.ToString(), out var read));
        Assert.Equal(key, read);
        foreach (var text in new[] { "", "cg_", key.ToString()[1..], key + "a", key.ToString().Replace("cg_", "CG_"), $"cg_{key.Prefix}-{key.Secret}", $"cg_{key.Prefix.ToUpperInvariant()}_{key.Secret}", $"cg_{key.Prefix}_{key.Secret[..^1]}!" })
            Assert.False(ApiKeyText.TryParse(text, out _));
    }

    [Fact]
    public void What_its_owner_may_not_it_may_not_and_some_things_never()
    {
        Assert.Equal(["account:self", "employees:read"], ApiKeyRules.Effective(["employees:read", "audit:read", "sessions:end"], ["Supervisor"]).Order());
        Assert.Equal(["account:self"], ApiKeyRules.Effective(["sessions:end", "api-keys:write"], ["TenantAdmin"]).Order());
    }
}
