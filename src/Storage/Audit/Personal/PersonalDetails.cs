using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Storage.Audit.Personal;

/// <summary>
/// Seals the personal detail of audit entries under the keys of the persons whom it is about (AES-256-GCM: format (1) | nonce (12) |
/// ciphertext | tag (16); it opens for its entry alone), opens it again, and erases persons.
/// </summary>
public sealed class PersonalDetails
{
    private const byte Format = 1;
    private const int HeaderSize = 1;

    private readonly PersonKeyring _keys;

    internal PersonalDetails(PersonKeyring keys) => _keys = keys;

    /// <summary>For ever: no detail about the person opens again, and none that comes later is kept. The entries stay.</summary>
    /// <returns>When the person was erased, for the first time.</returns>
    public Task<DateTimeOffset> EraseAsync(string tenant, string person, CancellationToken ct = default) => _keys.EraseAsync(Person.Of(tenant, person), ct);

    /// <returns>In the order asked: the JSON object; null when the person was erased.</returns>
    /// <exception cref="SealBrokenException">A detail is not what was sealed for its entry: an anomaly.</exception>
    public async ValueTask<string?[]> OpenAsync(string tenant, IReadOnlyList<SealedPersonal> details, CancellationToken ct = default)
    {
        if (details.Count == 0) return [];
        var keys = await _keys.ToOpenAsync([.. details.Select(detail => Person.Of(tenant, detail.PersonId)).Distinct()], ct);
        return [.. details.Select(detail => keys.GetValueOrDefault(Person.Of(tenant, detail.PersonId)) is { } key ? Open(key, tenant, detail) : null)];
    }

    /// <summary>In the entries' order: what each holds, sealed already or to be sealed now; null: nothing, or of somebody erased.</summary>
    internal async ValueTask<SealedDetail?[]> SealAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct = default)
    {
        var sealedDetails = new SealedDetail?[entries.Count];
        HashSet<Person> persons = [];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i] is { Sealed: { } box } ready) sealedDetails[i] = new(PersonOf(ready), box);
            else if (entries[i].Personal is not null) persons.Add(Person.Of(entries[i].TenantId, PersonOf(entries[i])));
        }

        if (persons.Count == 0) return sealedDetails;
        var keys = await _keys.ToSealAsync(persons, ct);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i] is not { Sealed: null, Personal: { } json } entry) continue;
            if (keys[Person.Of(entry.TenantId, PersonOf(entry))] is { } key)
                sealedDetails[i] = new(PersonOf(entry), Seal(key, entry.TenantId, PersonOf(entry), entry.Id, json));
        }

        return sealedDetails;
    }

    /// <summary>Seals what messages bring in clear, so that no outbox row has it.</summary>
    internal async ValueTask<IReadOnlyList<OutboxMessage>> SealAsync(IReadOnlyList<OutboxMessage> messages)
    {
        Person[] persons = [.. messages.Where(message => message.Personal is not null).Select(message => Person.Of(message.Tenant, message.Personal!.Person)).Distinct()];
        if (persons.Length == 0) return messages;
        var keys = await _keys.ToSealAsync(persons, CancellationToken.None);
        return [.. messages.Select(message => message.Personal is not { } detail ? message : message with
        {
            Personal = null,
            Sealed = keys[Person.Of(message.Tenant, detail.Person)] is { } key ? Seal(key, message.Tenant, detail.Person, message.Id, detail.Json) : null,
        })];
    }

    /// <summary>Who has no key named is sealed under the actor's.</summary>
    private static string PersonOf(AuditEntry entry) => StorableText.Of(entry.PersonId ?? entry.UserId);

    private static byte[] Seal(byte[] key, string tenant, string person, Guid entry, string json) =>
        AesSeal.Seal(key, [Format], StorableJson.Of(json), Context(tenant, person, entry));

    private static string Open(byte[] key, string tenant, SealedPersonal detail)
    {
        var box = detail.Sealed.AsSpan();
        if (box.IsEmpty || box[0] != Format) throw new SealBrokenException("A sealed detail has an unknown format.");
        return Encoding.UTF8.GetString(AesSeal.Open(key, HeaderSize, box, Context(tenant, detail.PersonId, detail.EntryId)));
    }

    private static byte[] Context(string tenant, string person, Guid entry) =>
        Encoding.UTF8.GetBytes($"audit\u001f{StorableText.Of(tenant)}\u001f{StorableText.Of(person)}\u001f{entry:D}");
}
