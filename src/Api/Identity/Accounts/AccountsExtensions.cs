using ComplianceGrid.Api.Identity.Passkeys;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.Storage.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Accounts;

internal static class AccountsExtensions
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddDbContextFactory<IdentityDb>((provider, db) =>
        {
            if (OpenApiBuild.IsRunning) db.UseNpgsql("Host=none");
            else db.UseNpgsql(provider.GetRequiredKeyedService<NpgsqlDataSource>("Grid"));
            db.UseSnakeCaseNamingConvention();
            db.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.MappedPropertyIgnoredWarning, CoreEventId.MappedEntityTypeIgnoredWarning)); // what Identity maps and we leave out
        });
        services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>(); // Identity's own, which it makes anew for each request
        services.AddIdentityCore<Account>(identity =>
        {
            identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3; // with passkeys
            identity.User.RequireUniqueEmail = true;
        }).AddEntityFrameworkStores<IdentityDb>();
        services.AddPasskeys();
        services.AddSingleton<AccountDirectory>().AddSingleton<FactorStore>().AddSingleton<PasskeyStore>().AddSingleton<OneTimeTokens>();
        services.AddSingleton(provider => new Memberships(provider.GetRequiredKeyedService<NpgsqlDataSource>("Grid")));
    }
}
