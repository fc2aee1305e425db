namespace ComplianceGrid;

/// <summary>A file with a secret key: 32 bytes as base64, for its owner's eyes alone.</summary>
public static class KeyFile
{
    public const int Size = 32;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="name">What the refusal calls it.</param>
    /// <exception cref="InvalidOperationException">The file is absent, open to others, or holds no such key.</exception>
    public static byte[] Read(string path, string name)
    {
        if (!File.Exists(path)) throw new InvalidOperationException($"{name} {path} does not exist.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~Owner) != 0)
            throw new InvalidOperationException($"{name} {path} is open to others than its owner: chmod 600 it.");
        var key = new byte[Size];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var size) && size == Size
            ? key
            : throw new InvalidOperationException($"{name} {path} does not hold {Size} bytes as base64.");
    }
}
