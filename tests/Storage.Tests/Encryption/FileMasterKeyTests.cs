using ComplianceGrid.Storage.Encryption;

namespace ComplianceGrid.Storage.Tests.Encryption;

public sealed class FileMasterKeyTests
{
    [Fact]
    public async Task It_opens_what_it_wrapped_under_that_context_only()
    {
        var path = StorageHost.NewKeyFile();
        var key = FileMasterKey.Load(path);
        var wrapped = await key.WrapAsync(new byte[] { 1, 2, 3 }, "a"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], await FileMasterKey.Load(path).UnwrapAsync(wrapped, "a"u8.ToArray(), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<SealBrokenException>(
            async () => await key.UnwrapAsync(wrapped, "b"u8.ToArray(), TestContext.Current.CancellationToken));
        File.Delete(path);
    }

    [Fact]
    public void A_file_open_to_others_absent_or_short_is_refused()
    {
        var path = StorageHost.NewKeyFile();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Throws<InvalidOperationException>(() => FileMasterKey.Load(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, Convert.ToBase64String(new byte[16]));
        Assert.Throws<InvalidOperationException>(() => FileMasterKey.Load(path));
        File.Delete(path);
        Assert.Throws<InvalidOperationException>(() => FileMasterKey.Load(path));
    }
}
