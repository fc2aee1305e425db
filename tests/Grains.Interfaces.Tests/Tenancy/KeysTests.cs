using System.Text.Json;
using ComplianceGrid.Tenancy;
using CsCheck;

namespace ComplianceGrid.Interfaces.Tests.Tenancy;

public sealed class KeysTests
{
    private static readonly Gen<string> Slug =
        from first in Gen.Char['a', 'z']
        from rest in Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"].Array[1, 62]
        select first + new string(rest);

    [Fact]
    public void What_is_formatted_parses_to_the_same_key() => Gen.Select(Slug, Gen.Guid).Sample((slug, id) =>
    {
        var (employee, order, session) = (new EmployeeKey(new(slug), id), new OrderKey(new(slug), id), new SessionKey(new(slug), id));
        Assert.Equal(employee, EmployeeKey.Parse(employee.ToString()));
        Assert.Equal(order, OrderKey.Parse(order.ToString()));
        Assert.Equal(session, SessionKey.Parse(session.ToString()));
        Assert.Equal(new TenantId(slug), TenantKeys.TenantOf(order.ToString()));
        Assert.Equal(employee, JsonSerializer.Deserialize<EmployeeKey>(JsonSerializer.Serialize(employee)));
    });

    [Fact]
    public void What_parses_is_formatted_as_it_was_but_for_case() => Gen.String.Sample(text =>
    {
        if (EmployeeKey.TryParse(text, null, out var key)) Assert.Equal(text, key.ToString(), ignoreCase: true);
        if (TenantId.TryParse(text, null, out var tenant)) Assert.Equal(text, tenant.Value);
    }, iter: 10_000);

    [Theory]
    [InlineData("acme")]
    [InlineData("acme/")]
    [InlineData("/0190a7c0-0000-7000-8000-000000000001")]
    [InlineData("Acme/0190a7c0-0000-7000-8000-000000000001")]
    [InlineData("acme/0190a7c0000070008000000000000001")]
    [InlineData("acme/{0190a7c0-0000-7000-8000-000000000001}")]
    [InlineData("acme/0190a7c0-0000-7000-8000-000000000001/x")]
    [InlineData("a/0190a7c0-0000-7000-8000-000000000001")]
    public void What_is_no_key_is_refused(string text)
    {
        Assert.Throws<FormatException>(() => EmployeeKey.Parse(text));
        Assert.Throws<FormatException>(() => OrderKey.Parse(text));
        Assert.Throws<FormatException>(() => SessionKey.Parse(text));
    }

    [Theory]
    [InlineData("acme", "acme")]
    [InlineData("acme/x/y", "acme")]
    public void A_grains_tenant_is_all_before_the_first_slash(string key, string tenant) => Assert.Equal(new TenantId(tenant), TenantKeys.TenantOf(key));

    [Theory]
    [InlineData("")]
    [InlineData("/acme")]
    [InlineData("Acme/x")]
    public void A_key_without_a_tenant_has_none(string key) => Assert.Throws<FormatException>(() => TenantKeys.TenantOf(key));

    [Fact]
    public void Nothing_is_no_key() => Assert.Equal((false, false), (EmployeeKey.TryParse(null, null, out _), TenantId.TryParse(null, null, out _)));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1acme")]
    [InlineData("-acme")]
    [InlineData("ac_me")]
    [InlineData("acmé")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // 64
    public void What_is_no_slug_is_refused(string text) => Assert.Throws<FormatException>(() => new TenantId(text));
}
