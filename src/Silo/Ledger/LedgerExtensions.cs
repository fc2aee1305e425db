using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Silo.Ledger.Epochs;
using ComplianceGrid.Silo.Ledger.Guard;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger;

internal static class LedgerExtensions
{
    /// <summary>What was published of the logs, the guard that holds them to it, and the next epoch of one that is not so any more.</summary>
    public static void AddLedger(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<LedgerOptions>().BindConfiguration(LedgerOptions.Section).ValidateDataAnnotations()
            .Validate(HasReadableKeys, "Ledger:PublicKeyFiles: each must be a readable PEM file of a key on P-256.").ValidateOnStart();
        services.AddOptions<CheckpointOptions>().BindConfiguration(CheckpointOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<CheckpointOptions>, CheckpointOptionsCheck>();
        services.AddSingleton(provider => Verifier(provider.GetRequiredService<IOptions<LedgerOptions>>().Value));
        services.AddSingleton(provider => new CheckpointTable(Audit(provider)));
        services.AddSingleton<IReadOnlyList<CheckpointArchive>>(provider => [.. Archives(provider)]);
        services.AddSingleton<PublishedCheckpoints>();
        services.AddSingleton(provider => new LedgerEpochs(Audit(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ILogGuard>(provider => new CheckpointGuard(
            provider.GetRequiredService<PublishedCheckpoints>(), provider.GetRequiredService<LedgerEpochs>(), Audit(provider)));
        services.AddSingleton(provider => new NewEpoch(provider.GetRequiredService<PublishedCheckpoints>(),
            provider.GetRequiredService<LedgerEpochs>(), provider.GetRequiredService<LedgerVerifier>(), Audit(provider)));
    }

    private static bool HasReadableKeys(LedgerOptions options)
    {
        try
        {
            return !options.PublicKeys().IsDefault;
        }
        catch (Exception e) when (e is NoteException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static LedgerVerifier Verifier(LedgerOptions options) => new(options.Origin, options.PublicKeys());

    private static IEnumerable<CheckpointArchive> Archives(IServiceProvider provider) =>
        from target in provider.GetRequiredService<IOptions<CheckpointOptions>>().Value.Targets
        where target.Value.Kind == TargetKind.Archive
        select new CheckpointArchive(target.Key, new DirectoryStore(target.Value.Directory!), provider.GetRequiredService<LedgerVerifier>());

    internal static NpgsqlDataSource Audit(IServiceProvider provider) => provider.GetRequiredKeyedService<NpgsqlDataSource>("Audit");
}
