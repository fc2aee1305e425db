using System.Globalization;
using ComplianceGrid.TestKit;

[assembly: AssemblyFixture(typeof(ComplianceGrid.EndToEnd.EndToEndGrid))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ComplianceGrid.EndToEnd;

/// <summary>One grid for all of this suite, with people and applications that its operator lets in.</summary>
public sealed class EndToEndGrid() : LocalGrid(silos: 1), IAsyncLifetime
{
    public const string Tenant = "e2e", Client = "certified";

    /// <summary>By name: browsers have no passkeys for an IP address.</summary>
    public string Issuer => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Api.Port}");

    /// <summary>Of the application that is <see cref="Client"/>.</summary>
    public string Application { get; } = $"http://localhost:{FreePorts.One()}";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // Somebody else's, so that people are asked whether they allow it.
        await RunAsync("clients", "add", "--id", Client, "--name", "Somebody else's application", "--redirect", $"{Application}/back", "--post-logout", $"{Application}/bye", "--trust", "other");
    }

    /// <returns>The secret by which the person chooses a password.</returns>
    public async Task<string> InviteAsync(string email, string roles) => LastWord(await RunAsync("accounts", "add", "--email", email, "--tenant", Tenant, "--roles", roles));

    private static string LastWord(string output) => output.Trim().Split([' ', '\n'])[^1];
}
