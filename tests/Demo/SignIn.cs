using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Demo;

/// <summary>The demo's manager, whose password and passkey lie in a file: signs in as any program would that has both.</summary>
internal static class SignIn
{
    /// <summary>The operator's secret by which a new member chooses a password.</summary>
    public const string Secret = "GRID_SIGN_IN_SECRET";

    private const string Email = "manager@demo.example";

    /// <returns>An access token.</returns>
    public static async Task<string> TokenAsync(Uri api, FileInfo file, CancellationToken ct)
    {
        var isNew = !file.Exists;
        var person = isNew ? await MemberFile.BeginAsync(file.FullName, Email, ct) : await MemberFile.ReadAsync(file.FullName, ct);
        using var http = new HttpClient();
        using var key = SoftwareAuthenticator.Load(Member.OriginOf(api), person.Key);
        using var member = new Member(http, api, person.Email, person.Password, key);
        if (isNew) await member.SetPasswordAsync(Environment.GetEnvironmentVariable(Secret) ?? throw new InvalidOperationException($"{Secret} is not set."), ct);
        var token = await member.TokenAsync(ct);
        if (isNew) MemberFile.Finish(file.FullName);
        await (person with { Key = key.Save() }).WriteAsync(file.FullName, ct); // it has counted on
        return token;
    }
}
