using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Notes;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ComplianceGrid.Api.Ledger;

/// <summary>The notary of the audit ledger, and what a stranger needs of it: checkpoints, keys and proofs.</summary>
internal static class LedgerExtensions
{
    private const string Database = "Notary";

    public static void AddLedger(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LedgerOptions>().BindConfiguration(LedgerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ILedgerSigner>(services => FileLedgerSigner.Load(
            services.GetRequiredService<IOptions<NotaryOptions>>().Value.KeyFile, services.GetRequiredService<IOptions<LedgerOptions>>().Value.Origin));
        builder.Services.AddSingleton(services => new CheckpointStore(services.GetRequiredKeyedService<NpgsqlDataSource>(Database)));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<Notary>(services,
            services.GetRequiredKeyedService<NpgsqlDataSource>(Database), services.GetRequiredService<IOptions<LedgerOptions>>().Value));
        builder.Services.AddSingleton<LogProofs>();
        if (OpenApiBuild.IsRunning) return; // the document needs the endpoints only
        builder.Services.AddOptions<NotaryOptions>().BindConfiguration(LedgerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddGridDataSource(Database, isRequired: false);
        builder.Services.AddGridLoop(CheckpointLoop.LoopName, services => ActivatorUtilities.CreateInstance<CheckpointLoop>(services));
        builder.Services.AddDegradable("notary", services => ActivatorUtilities.CreateInstance<NotaryCheck>(services));
    }

    public static void MapLedger(this IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("/audit").WithTags("Audit ledger");
        audit.MapCheckpoints();
        audit.MapProofs();
    }
}
