using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Runs a check to its end or to the first misfit, and tells what it saw.</summary>
internal static class VerificationRun
{
    public static async Task<LogReport> RunAsync(string origin, TimeProvider time, Func<Task<LogTerms>> terms, Func<LogCheck, Task> walk)
    {
        var started = time.GetTimestamp();
        LogTerms known;
        try
        {
            known = await terms();
        }
        catch (MisfitException found)
        {
            return new(origin, 0, MerkleHash.Empty, 0, 0, 0, null, time.GetElapsedTime(started), found.Misfit);
        }

        using var check = new LogCheck(known);
        Misfit? misfit = null;
        try
        {
            await walk(check);
            check.End();
        }
        catch (MisfitException found)
        {
            misfit = check.First(found.Misfit);
        }

        return new(known.Origin, check.Size, check.Root, check.Heads, check.Tiles, check.Checkpoints, check.Covered, time.GetElapsedTime(started), misfit);
    }
}
