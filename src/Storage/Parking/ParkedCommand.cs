using System.Globalization;
using Npgsql;

namespace ComplianceGrid.Storage.Parking;

/// <summary>The operators' verb <c>parked</c>, the same on every host that owns parked rows.</summary>
public static class ParkedCommand
{
    private const int Page = 500;

    private const string Usage = """
        parked list [--tenant T]
        parked show ID
        parked replay ID
        parked replay --all [--tenant T]
            Replaying twice is harmless: what was replayed is not parked any more, and what is applied twice changes nothing.
        """;

    /// <returns>The process' exit code: 0 done, 1 nothing is parked under this id, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(IParkedItems items, string[] args, TextWriter output, TextWriter error, CancellationToken ct)
    {
        try
        {
            return await DoAsync(items, args, output, error, ct);
        }
        catch (NpgsqlException e)
        {
            return await FailAsync(error, 2, e.Message);
        }
    }

    private static Task<int> DoAsync(IParkedItems items, string[] args, TextWriter output, TextWriter error, CancellationToken ct) => args switch
    {
        ["list"] => ListAsync(items, null, output, ct),
        ["list", "--tenant", var tenant] => ListAsync(items, tenant, output, ct),
        ["show", var id] => ShowAsync(items, id, output, error, ct),
        ["replay", "--all"] => ReplayAllAsync(items, null, output, ct),
        ["replay", "--all", "--tenant", var tenant] => ReplayAllAsync(items, tenant, output, ct),
        ["replay", var id] => ReplayAsync(items, id, output, error, ct),
        _ => FailAsync(error, 2, Usage),
    };

    private static string Actor => "operator:" + Environment.UserName;

    private static async Task<int> ListAsync(IParkedItems items, string? tenant, TextWriter output, CancellationToken ct)
    {
        await foreach (var item in AllAsync(items, tenant, ct))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{item.Kind,-8} {item.Id,-36} {item.Tenant,-20} {item.Vendor ?? "-",-8} {item.Attempts,5} {item.ParkedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} {item.Reason}"));
        }

        return 0;
    }

    private static async Task<int> ShowAsync(IParkedItems items, string id, TextWriter output, TextWriter error, CancellationToken ct)
    {
        if (await items.FindAsync(id, ct) is not { } item) return await NotThereAsync(error, id);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            kind      {item.Kind}
            id        {item.Id}
            tenant    {item.Tenant}
            vendor    {item.Vendor ?? "-"}
            event     {item.EventId}
            about     {item.Subject}
            attempts  {item.Attempts}
            parked    {item.ParkedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}
            reason    {item.Reason}
            """));
        return 0;
    }

    private static async Task<int> ReplayAsync(IParkedItems items, string id, TextWriter output, TextWriter error, CancellationToken ct)
    {
        if (!await items.ReplayAsync(id, Actor, ct))
        {
            return await items.FindAsync(id, ct) is { } item
                ? await FailAsync(error, 1, $"Nobody could take {id}, so it stays parked: {item.Reason}")
                : await NotThereAsync(error, id);
        }

        await output.WriteLineAsync("1 replayed");
        return 0;
    }

    /// <summary>Each in its own transaction. What is parked anew meanwhile has been passed, so this ends.</summary>
    private static async Task<int> ReplayAllAsync(IParkedItems items, string? tenant, TextWriter output, CancellationToken ct)
    {
        var replayed = 0;
        await foreach (var item in AllAsync(items, tenant, ct))
        {
            if (await items.ReplayAsync(item.Id, Actor, ct)) replayed++;
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{replayed} replayed"));
        return 0;
    }

    private static async IAsyncEnumerable<ParkedItem> AllAsync(
        IParkedItems items, string? tenant, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        IReadOnlyList<ParkedItem> page = [];
        do
        {
            page = await items.ListAsync(tenant, page.Count == 0 ? null : page[^1].Id, Page, ct);
            foreach (var item in page) yield return item;
        }
        while (page.Count == Page);
    }

    private static Task<int> NotThereAsync(TextWriter error, string id) =>
        FailAsync(error, 1, $"Nothing is parked under {id}: it never was, or it was replayed or opened meanwhile.");

    private static async Task<int> FailAsync(TextWriter error, int code, string message)
    {
        await error.WriteLineAsync(message);
        return code;
    }
}
