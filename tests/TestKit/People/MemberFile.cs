using System.Text.Json;

namespace ComplianceGrid.TestKit.People;

/// <summary>A member's password and passkey in a file that its owner alone can read, so that another process can sign in as the same person.</summary>
/// <param name="Key">See <see cref="SoftwareAuthenticator.Save"/>.</param>
public sealed record MemberFile(string Email, string Password, string Key)
{
    /// <summary>The same person's every time: it lies beside the final name until they have joined.</summary>
    public static async Task<MemberFile> BeginAsync(string file, string email, CancellationToken ct)
    {
        if (File.Exists(Unfinished(file))) return await ReadAsync(Unfinished(file), ct);
        using var key = new SoftwareAuthenticator("");
        var member = new MemberFile(email, Member.NewPassword(), key.Save());
        await member.WriteAsync(Unfinished(file), ct);
        return member;
    }

    public static void Finish(string file) => File.Move(Unfinished(file), file);

    public static async Task<MemberFile> ReadAsync(string file, CancellationToken ct) => JsonSerializer.Deserialize<MemberFile>(await File.ReadAllTextAsync(file, ct))!;

    public async Task WriteAsync(string file, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var stream = new FileStream(file, options);
        await JsonSerializer.SerializeAsync(stream, this, cancellationToken: ct);
    }

    private static string Unfinished(string file) => file + ".new";
}
