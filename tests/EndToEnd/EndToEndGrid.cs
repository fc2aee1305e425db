using System.Globalization;
using ComplianceGrid.TestKit;

[assembly: AssemblyFixture(typeof(ComplianceGrid.EndToEnd.EndToEndGrid))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ComplianceGrid.EndToEnd;

/// <summary>One grid for all of this suite, with people and applications that its operator lets in.</summary>
public sealed class EndToEndGrid() : LocalGrid(silos: 1), IAsyncLifetime
{
    public const string Tenant = "e2e";

    /// <summary>By name: browsers have no passkeys for an IP address.</summary>
    public string Issuer => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Api.Port}");

    /// <returns>The secret by which the person chooses a password.</returns>
    public async Task<string> InviteAsync(string email, string roles) => LastWord(await RunAsync("accounts", "add", "--email", email, "--tenant", Tenant, "--roles", roles));

    /// <summary>Of others, so that people are asked whether they allow it.</summary>
    public Task RegisterAsync(string client, string redirect, string afterwards) =>
        RunAsync("clients", "add", "--id", client, "--name", "Somebody else's application", "--redirect", redirect, "--post-logout", afterwards, "--trust", "other");

    private static string LastWord(string output) => output.Trim().Split([' ', '\n'])[^1];
}
