using System.Net;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>An account that came with a bcrypt hash of another system's.</summary>
[Collection(ApiCollection.Name)]
public sealed class ImportedPasswordTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Theirs = "of another system's making";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_password_signs_in_and_is_kept_by_our_own_hash_from_then_on()
    {
        var (person, _) = await Person.InvitedAsync(grid, "bcrypt@imported.example", "imported");
        var imported = BCrypt.Net.BCrypt.HashPassword(Theirs, workFactor: 5);
        await using (var db = await DbAsync())
        {
            db.Passwords.Add(new() { AccountId = person.Account, SetAt = TimeProvider.System.GetUtcNow().AddYears(-1), Hash = imported });
            await db.SaveChangesAsync(Ct);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await person.LoginAsync("not what it is")).StatusCode);
        Assert.Equal(imported, await OnlyHashAsync(person)); // a guess replaces nothing
        Assert.Equal(HttpStatusCode.OK, (await person.LoginAsync(Theirs)).StatusCode);
        var own = await OnlyHashAsync(person);
        Assert.StartsWith("$pbkdf2-sha512$", own);
        Assert.Equal(HttpStatusCode.OK, (await person.LoginAsync(Theirs)).StatusCode);
        Assert.Equal(own, await OnlyHashAsync(person)); // once
    }

    private async Task<string> OnlyHashAsync(Person person)
    {
        await using var db = await DbAsync();
        return await db.Passwords.Where(password => password.AccountId == person.Account).Select(password => password.Hash).SingleAsync(Ct);
    }

    private Task<IdentityDb> DbAsync() => grid.Api.Services.GetRequiredService<IDbContextFactory<IdentityDb>>().CreateDbContextAsync(Ct);
}
