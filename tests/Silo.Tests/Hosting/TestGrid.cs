using System.Security.Cryptography;
using ComplianceGrid.TestKit;
using Npgsql;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")] // file modes

namespace ComplianceGrid.Silo.Tests.Hosting;

/// <summary>Databases, keys and settings as <c>./grid up</c> hands them to silos, for silos inside this process.</summary>
public sealed class TestGrid : IAsyncLifetime
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("grid-silo-tests-");
    private readonly PrivateAuthority _wire = new("silo.grid.internal");

    public GridDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        Write("master.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write("service.pem", key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _keys.Delete(recursive: true);
        _wire.Dispose();
    }

    /// <summary>A silo's command line. All silos of one grid form one cluster.</summary>
    public string[] Arguments(string name = "silo-1", string environment = "Production")
    {
        var (silo, gateway) = FreePorts.Two();
        return
        [
            $"--environment={environment}",
            "--Urls=http://127.0.0.1:0",
            $"--ConnectionStrings:Grid={Database.Grid(GridRole.Silo)}",
            $"--ConnectionStrings:Sweeper={Database.Grid(GridRole.Sweeper)}",
            $"--ConnectionStrings:Orleans={Schema("orleans")}",
            $"--ConnectionStrings:Quartz={Schema("quartz")}",
            $"--ConnectionStrings:Audit={Database.Audit(GridRole.AuditWriter)}",
            $"--Orleans:SiloName={name}",
            $"--Orleans:SiloPort={silo}",
            $"--Orleans:GatewayPort={gateway}",
            $"--Wire:CertificateFile={_wire.CertificateFile}",
            $"--Wire:CertificateKeyFile={_wire.KeyFile}",
            $"--Wire:AuthorityFile={_wire.AuthorityFile}",
            $"--MasterKey:File={Path.Combine(_keys.FullName, "master.key")}",
            $"--Integrations:ServiceTokenKeyFile={Path.Combine(_keys.FullName, "service.pem")}",
            "--HttpClients:integrations:BaseAddress=https://127.0.0.1:9", // nothing listens there
            "--Logging:LogLevel:Default=None",
            "--Logging:LogLevel:Orleans=None",
            "--Logging:LogLevel:Quartz=None",
        ];
    }

    private string Schema(string schema) =>
        new NpgsqlConnectionStringBuilder(Database.Grid(GridRole.Silo)) { SearchPath = schema }.ConnectionString;

    private void Write(string file, string content)
    {
        var path = Path.Combine(_keys.FullName, file);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
