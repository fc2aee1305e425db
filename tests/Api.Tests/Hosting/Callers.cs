using System.Collections.Concurrent;
using System.Security.Cryptography;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Tests.Hosting;

/// <summary>Those who call a host. An operator lets them in; then they sign in by HTTP as everybody does, people by a passkey, services by their key.</summary>
internal sealed class Callers(IServiceProvider services, HttpClient client)
{
    public const string Issuer = "http://127.0.0.1:5080";

    // The issuer's, as a browser can have passkeys for it.
    private const string Origin = "http://localhost:5080";

    private readonly ConcurrentDictionary<string, Task<Func<Task<string>>>> _known = new();

    /// <summary>An access token. Who was here before need not come again.</summary>
    public async Task<string> TokenAsync(string tenant, string[] roles, Guid? employee, string user, string[] sites) =>
        await (await _known.GetOrAdd($"{tenant} {string.Join(' ', roles)} {employee} {user} {string.Join(' ', sites)}", _ => roles is ["Service"] ? ServiceAsync(tenant, user) : PersonAsync(tenant, roles, employee, user, sites)))();

    private async Task<Func<Task<string>>> PersonAsync(string tenant, string[] roles, Guid? employee, string user, string[] sites)
    {
        var now = TimeProvider.System.GetUtcNow();
        var email = $"{user}-{Guid.CreateVersion7(now):N}@{tenant}.example";
        var account = new Account { Id = Guid.CreateVersion7(now), UserName = email, Email = email, EmailConfirmed = true, CreatedAt = now };
        await using var scope = services.CreateAsyncScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account)).Succeeded);
        await scope.ServiceProvider.GetRequiredService<Memberships>().SaveAsync(new(new TenantId(tenant), account.Id, [.. roles.Order(StringComparer.Ordinal)], [.. sites], employee), default);
        var secret = await scope.ServiceProvider.GetRequiredService<OneTimeTokens>().IssueAsync(account.Id, PasswordReset.Purpose, new PasswordReset.Progress(), OneTimeToken.ResetLife, default);
        var member = new Member(client, client.BaseAddress!, email, Member.NewPassword(), new SoftwareAuthenticator(Origin));
        await member.SetPasswordAsync(secret, default);
        return () => member.TokenAsync(default);
    }

    private async Task<Func<Task<string>>> ServiceAsync(string tenant, string user)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = $"{user}.{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        await using var scope = services.CreateAsyncScope();
        var publicKey = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(false))));
        await scope.ServiceProvider.GetRequiredService<ClientDirectory>().AddServiceAsync(id, publicKey, [tenant], default);
        var service = new ServiceCaller(client, client.BaseAddress!, Issuer, id, key);
        return () => service.TokenAsync(tenant, default);
    }
}
