using System.Collections.Immutable;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>Which sessions an account keeps.</summary>
internal static class AccountRule
{
    /// <summary>Ends that may be under way; past them the account begins nothing new.</summary>
    public const int MostEnding = 32;

    /// <summary>
    /// Lists a new session. What has ended is dropped; the oldest make room; what never began is ended, lest a start that was held up
    /// on its way begin it beside the list.
    /// </summary>
    /// <param name="standing">Of each listed session: whether it is alive; null: it never began.</param>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>.</exception>
    public static AccountState Admit(AccountState state, IReadOnlyDictionary<SessionKey, bool?> standing, SessionKey session, int atOnce)
    {
        SessionKey[] alive = [.. state.Sessions.Where(key => standing[key] == true)];
        var surplus = Math.Max(0, alive.Length - atOnce + 1);
        ImmutableArray<PendingEnd> ending =
        [
            .. state.Ending,
            .. state.Sessions.Where(key => standing[key] is null).Concat(alive.Take(surplus)).Select(key => new PendingEnd(key, SessionEndReason.TooMany)),
        ];
        return ending.Length <= MostEnding
            ? state with { Sessions = [.. alive.Skip(surplus), session], Ending = ending }
            : throw new GridException(GridError.Unavailable, "Former sessions of the account are still being ended. Try again.");
    }

    public static AccountState EndAll(AccountState state, SessionEndReason reason) => state with
    {
        Sessions = [],
        Ending = [.. state.Ending, .. state.Sessions.Select(key => new PendingEnd(key, reason))],
    };
}
