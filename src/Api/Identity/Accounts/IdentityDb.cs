using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>
/// Schema <c>identity</c>: accounts with their credentials, OpenIddict's applications, authorizations and tokens, data protection keys.
/// Migrations 0017 and 0021 make the tables; this only maps them. Memberships are a tenant's rows, and lie behind row-level security (<see cref="Storage.Identity.Memberships"/>).
/// </summary>
internal sealed class IdentityDb(DbContextOptions<IdentityDb> options) : IdentityUserContext<Account, Guid>(options), IDataProtectionKeyContext
{
    public const string Schema = "identity";

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();
    public DbSet<PasswordRecord> Passwords => Set<PasswordRecord>();
    public DbSet<TotpFactor> TotpFactors => Set<TotpFactor>();
    public DbSet<TelephoneFactor> Telephones => Set<TelephoneFactor>();
    public DbSet<SmsWindow> SmsWindows => Set<SmsWindow>();
    public DbSet<RecoveryCodeRecord> RecoveryCodes => Set<RecoveryCodeRecord>();
    public DbSet<OneTimeTokenRecord> OneTimeTokens => Set<OneTimeTokenRecord>();
    public DbSet<ServerKey> ServerKeys => Set<ServerKey>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasDefaultSchema(Schema);
        builder.UseOpenIddict<Guid>();
        builder.Entity<OpenIddictEntityFrameworkCoreApplication<Guid>>().ToTable("application");
        builder.Entity<OpenIddictEntityFrameworkCoreAuthorization<Guid>>().ToTable("authorization");
        builder.Entity<OpenIddictEntityFrameworkCoreScope<Guid>>().ToTable("scope");
        builder.Entity<OpenIddictEntityFrameworkCoreToken<Guid>>().ToTable("token");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("account_passkey");
        builder.Entity<Account>(account =>
        {
            account.ToTable("account");
            // Passwords have a history, second factors rows of their own, and lock-out is the grid's: see their places.
            account.Ignore(a => a.PasswordHash).Ignore(a => a.TwoFactorEnabled).Ignore(a => a.LockoutEnabled).Ignore(a => a.LockoutEnd)
                .Ignore(a => a.AccessFailedCount).Ignore(a => a.PhoneNumber).Ignore(a => a.PhoneNumberConfirmed);
        });
        builder.Ignore<IdentityUserClaim<Guid>>().Ignore<IdentityUserLogin<Guid>>().Ignore<IdentityUserToken<Guid>>();
        builder.Entity<DataProtectionKey>().ToTable("data_protection_key");
        builder.Entity<PasswordRecord>(password =>
        {
            password.ToTable("password");
            password.HasKey(p => new { p.AccountId, p.SetAt });
        });
        builder.Entity<TotpFactor>(totp =>
        {
            totp.ToTable("totp");
            totp.HasKey(t => t.AccountId);
        });
        builder.Entity<TelephoneFactor>(telephone =>
        {
            telephone.ToTable("telephone");
            telephone.HasKey(t => t.AccountId);
        });
        builder.Entity<SmsWindow>(window =>
        {
            window.ToTable("sms_window");
            window.HasKey(w => w.AccountId);
        });
        builder.Entity<RecoveryCodeRecord>(code =>
        {
            code.ToTable("recovery_code");
            code.HasKey(c => new { c.AccountId, c.Hash });
        });
        builder.Entity<OneTimeTokenRecord>(token =>
        {
            token.ToTable("one_time_token");
            token.HasKey(t => t.Hash);
        });
        builder.Entity<ServerKey>(key =>
        {
            key.ToTable("server_key");
            key.HasKey(k => k.Id);
        });
    }
}
