using ComplianceGrid.Gateway.Connections;
using Npgsql;

namespace ComplianceGrid.Gateway.Webhooks.Steps;

/// <summary>Whose account at the vendor is this? By the address, else by the account id in the body.</summary>
internal sealed class ConnectionStep(ConnectionDirectory directory) : IWebhookStep
{
    public async ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct)
    {
        var vendor = context.Vendor.Name;
        try
        {
            if (context.ConnectionId is { } id)
            {
                context.Connection = await directory.FindAsync(vendor, id, ct);
            }
            else
            {
                if (context.Vendor.FindAccountId(context.Body.Span) is not { } account)
                    return new(GridError.Malformed, "The body is not this vendor's envelope with an account_id.");
                context.Connection = await directory.FindByAccountAsync(vendor, account, ct);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return new(GridError.Unavailable, "The connection cannot be looked up now. Send again.");
        }

        return context.Connection is null ? new(GridError.UnknownConnection, "There is no such connection.") : null;
    }
}
