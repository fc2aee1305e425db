using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Encryption;

namespace ComplianceGrid.Storage.Audit.Personal;

/// <summary>The persons' keys, each wrapped by its tenant's data key. A person's first detail makes the key.</summary>
internal sealed class PersonKeyring(PersonKeyStore store, TenantKeyring tenants, TimeProvider time)
{
    private const byte Format = 1;
    private const int HeaderSize = 17;
    private const int KeySize = 32;
    private const int Kept = 20_000;
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Person, (byte[] Key, long Since)> _kept = new();

    /// <summary>Keys to seal with. One kept from before an erasure seals what nobody can open: no harm.</summary>
    /// <returns>Null: the person was erased.</returns>
    public async ValueTask<IReadOnlyDictionary<Person, byte[]?>> ToSealAsync(IReadOnlyCollection<Person> persons, CancellationToken ct)
    {
        Dictionary<Person, byte[]?> keys = [];
        List<Person> unknown = [];
        foreach (var person in persons)
        {
            if (_kept.TryGetValue(person, out var kept) && time.GetElapsedTime(kept.Since) < KeepFor) keys[person] = kept.Key;
            else unknown.Add(person);
        }

        if (unknown.Count == 0) return keys;
        var wrapped = await store.ReadAsync(unknown, ct);
        List<Person> without = [.. unknown.Where(person => !wrapped.ContainsKey(person))];
        if (without.Count > 0)
        {
            List<byte[]> made = [];
            foreach (var person in without) made.Add(await WrapAsync(person));
            foreach (var (person, key) in await store.AddAsync(without, made, ct)) wrapped[person] = key;
        }

        foreach (var (person, key) in await UnwrapAsync(wrapped))
        {
            keys[person] = key;
            if (key is not null) Keep(person, key);
        }

        return keys;
    }

    /// <summary>Keys to open with, read anew each time: an erasure holds from the moment that it is made.</summary>
    /// <returns>Null or absent: the person was erased, or never had a key.</returns>
    public async ValueTask<IReadOnlyDictionary<Person, byte[]?>> ToOpenAsync(IReadOnlyList<Person> persons, CancellationToken ct) =>
        await UnwrapAsync(await store.ReadAsync(persons, ct));

    public async Task<DateTimeOffset> EraseAsync(Person person, CancellationToken ct)
    {
        var at = await store.EraseAsync(person, ct);
        _kept.TryRemove(person, out _);
        return at;
    }

    private void Keep(Person person, byte[] key)
    {
        if (_kept.Count >= Kept) _kept.Clear();
        _kept[person] = (key, time.GetTimestamp());
    }

    private async ValueTask<byte[]> WrapAsync(Person person)
    {
        var tenant = await tenants.NewestAsync(person.Tenant);
        var header = new byte[HeaderSize];
        header[0] = Format;
        tenant.Id.TryWriteBytes(header.AsSpan(1), bigEndian: true, out _);
        return AesSeal.Seal(tenant.Secret, header, RandomNumberGenerator.GetBytes(KeySize), Context(person));
    }

    private async ValueTask<Dictionary<Person, byte[]?>> UnwrapAsync(Dictionary<Person, byte[]?> wrapped)
    {
        Dictionary<Person, byte[]?> keys = [];
        foreach (var (person, box) in wrapped)
        {
            if (box is not null && (box.Length < HeaderSize || box[0] != Format)) throw new SealBrokenException("A person's key has an unknown format.");
            keys[person] = box is null ? null : AesSeal.Open(
                (await tenants.FindAsync(person.Tenant, new Guid(box.AsSpan(1, 16), bigEndian: true))).Secret, HeaderSize, box, Context(person));
        }

        return keys;
    }

    private static byte[] Context(Person person) => Encoding.UTF8.GetBytes($"person-key\u001f{person.Tenant.Value}\u001f{person.Id}");
}
