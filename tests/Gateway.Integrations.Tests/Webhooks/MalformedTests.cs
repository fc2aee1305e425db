using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace ComplianceGrid.Gateway.Tests.Webhooks;

public sealed class MalformedTests
{
    private static readonly Gen<byte[]> Random = Gen.Byte.Array[0, 400];
    private static readonly Gen<byte[]> Damaged = Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[1, 250]).Select((at, value, length) =>
    {
        var bytes = Encoding.UTF8.GetBytes(GatewayWorld.Event("evt_fuzz"));
        bytes[at % bytes.Length] = value;
        return bytes[..Math.Min(bytes.Length, length)];
    });
    private static readonly Gen<byte[]> Deep = Gen.Int[1, 5000].Select(depth => Encoding.UTF8.GetBytes(new string('[', depth)));
    private static readonly string[] OddTexts = [
        "1e999999", "-", "{\"a\":", "\"\\ud800\"", "{\"id\":1e400,\"object\":\"event\"}", "{\"account_id\":\"\\u0000\"}", "nul", "\uFEFF{}", "{}{}", "[1,]"];
    private static readonly Gen<byte[]> Odd = Gen.Int[0, OddTexts.Length - 1].Select(i => Encoding.UTF8.GetBytes(OddTexts[i]));
    private static readonly string[] Types = ["application/json", "text/xml", "application/json; charset=utf-16", "?"];

    /// <summary>Signed well, so that the bytes reach the parser, or not at all; by either address; with odd types and headers.</summary>
    [Fact]
    public async Task Two_thousand_malformed_requests_bring_no_fault()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await GatewayWorld.StartAsync(ct);
        var bodies = Gen.Frequency((3, Random), (3, Damaged), (1, Deep), (1, Odd));
        var cases = Gen.Select(bodies, Gen.Bool, Gen.Bool, Gen.Int[0, Types.Length - 1].Select(i => Types[i])).Array[2000].Single();
        foreach (var batch in cases.Chunk(50))
        {
            await Task.WhenAll(batch.Select(async one =>
            {
                var (body, signed, byAccount, type) = one;
                using var content = new ByteArrayContent(body);
                content.Headers.TryAddWithoutValidation("Content-Type", type);
                var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(GatewayWorld.ApiKey), body));
                using var answer = await world.SendAsync(
                    world.Http, byAccount ? "/webhooks/checkr" : "/webhooks/checkr/" + GatewayWorld.ConnectionId, content, signed ? signature : "zz" + signature);
                Assert.InRange((int)answer.StatusCode, 200, 499);
                Assert.DoesNotContain("   at ", await answer.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
            }));
        }

        using var orders = new HttpRequestMessage(HttpMethod.Post, "/integrations/checkr/orders") { Content = new ByteArrayContent("{\"orderKey\":"u8.ToArray()) };
        orders.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token());
        orders.Content.Headers.ContentType = new("application/json");
        Assert.Equal(400, (int)(await world.Http.SendAsync(orders, ct)).StatusCode);
        Assert.True((await world.Http.GetAsync("/health/ready", ct)).IsSuccessStatusCode);
    }
}
