using System.Net;
using ComplianceGrid.Cluster.Clients;

namespace ComplianceGrid.Cluster.Auditing.Outage;

/// <summary>One client that sends the same kind of request at its own pace, over one connection.</summary>
/// <param name="Caller">Null: nobody is signed in.</param>
/// <param name="Next">The n-th request; its request id and origin are added by who sends it.</param>
/// <param name="Answer">The one good answer.</param>
/// <param name="Entries">What each answered request leaves in the log.</param>
internal sealed record Lane(string Name, TimeSpan Every, ApiClient? Caller, Func<int, HttpRequestMessage> Next, HttpStatusCode Answer, int Entries);

/// <summary>One request, and what became of it.</summary>
/// <param name="Id">Its trace id, which its entries carry.</param>
/// <param name="At">A timestamp of <see cref="TimeProvider"/>.</param>
/// <param name="Status">Null: no response, as of a process that was killed.</param>
internal sealed record Sent(Lane Lane, string Id, long At, TimeSpan Took, HttpStatusCode? Status);
