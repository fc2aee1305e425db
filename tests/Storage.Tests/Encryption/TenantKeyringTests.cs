using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.Storage.Tests.Encryption;

public sealed class TenantKeyringTests
{
    private static readonly Tenancy.TenantId Acme = new("acme");

    [Fact]
    public async Task Racing_first_uses_agree_on_one_key()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        var rings = Enumerable.Range(0, 12).Select(_ => Ring(host, TimeProvider.System)).ToArray();
        var keys = await Task.WhenAll(rings.Select(ring => ring.NewestAsync(Acme).AsTask()));
        Assert.Single(keys.Select(key => key.Id).Distinct());
        Assert.Equal(1, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.tenant_key"));
    }

    [Fact]
    public async Task After_a_rotation_the_new_key_seals_and_the_old_one_opens()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await host.WriteAsync("acme/old", new() { State = new() { Value = "old" } });
        await host.Get<TenantKeyring>().RotateAsync(Acme, TestContext.Current.CancellationToken);
        await host.WriteAsync("acme/new", new() { State = new() { Value = "new" } });

        Assert.Equal("old", (await host.ReadAsync("acme/old")).State.Value);
        Assert.Equal("new", (await host.ReadAsync("acme/new")).State.Value);
        Assert.Equal(2, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(DISTINCT substr(payload, 2, 16)) FROM grid.grain_state"));
    }

    [Fact]
    public async Task Another_process_opens_at_once_and_seals_with_the_new_key_after_a_while()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        FakeTimeProvider time = new();
        var here = Ring(host, TimeProvider.System);
        var there = Ring(host, time);
        var first = await there.NewestAsync(Acme);
        await here.RotateAsync(Acme, TestContext.Current.CancellationToken);
        var second = await here.NewestAsync(Acme);
        Assert.NotEqual(first.Id, second.Id);

        Assert.Equal(first.Id, (await there.NewestAsync(Acme)).Id); // it cannot know yet
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(second.Id, (await there.NewestAsync(Acme)).Id);
        Assert.Equal(first.Secret, (await there.FindAsync(Acme, first.Id)).Secret);

        var late = Ring(host, TimeProvider.System);
        await late.NewestAsync(Acme);
        await here.RotateAsync(Acme, TestContext.Current.CancellationToken);
        var third = await here.NewestAsync(Acme);
        Assert.Equal(third.Secret, (await late.FindAsync(Acme, third.Id)).Secret); // a box that needs it makes it look
    }

    [Fact]
    public async Task One_tenants_wrapped_key_opens_for_no_other()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await Ring(host, TimeProvider.System).NewestAsync(Acme);
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), "INSERT INTO grid.tenant_key (tenant_id, key_id, wrapped) SELECT 'beta', key_id, wrapped FROM grid.tenant_key");
        await Assert.ThrowsAsync<SealBrokenException>(() => Ring(host, TimeProvider.System).NewestAsync(new("beta")).AsTask());
    }

    private static TenantKeyring Ring(StorageHost host, TimeProvider time) => new(new TenantKeyStore(host.Silo), host.Get<IMasterKey>(), time);
}
