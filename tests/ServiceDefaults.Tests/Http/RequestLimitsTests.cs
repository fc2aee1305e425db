using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ComplianceGrid.ServiceDefaults.Tests.Http;

/// <summary>Over real sockets: what one request may take of bytes and of time.</summary>
public sealed class RequestLimitsTests
{
    [Fact]
    public async Task A_body_that_drips_is_408_and_its_connection_is_closed()
    {
        await using var app = await StartAsync(new() { ["Http:MinBytesPerSecond"] = "1000000" });
        await using var stream = await ConnectAsync(app);
        await stream.WriteAsync("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken); // returns when the server closes
        Assert.StartsWith("HTTP/1.1 408", answer);
        Assert.Contains("GRID-1031", answer);
        Assert.Contains("nosniff", answer);
    }

    [Fact]
    public async Task What_takes_too_long_is_503_with_retry_after_and_its_work_is_cancelled()
    {
        var cancelled = new TaskCompletionSource();
        await using var app = await StartAsync(new() { ["Http:RequestSeconds"] = "0.3" }, cancelled);
        var started = Stopwatch.StartNew();
        using var answer = await app.Http.GetAsync("/hang", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("GRID-1015", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.InRange(started.Elapsed, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(20));
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_body_whose_rest_never_comes_is_not_waited_for_beyond_the_requests_time()
    {
        await using var app = await StartAsync(new() { ["Http:RequestSeconds"] = "0.3", ["Http:MinBytesPerSecond"] = "1" });
        await using var stream = await ConnectAsync(app);
        await stream.WriteAsync("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 503", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(20_000, 1, "431")] // bytes of headers
    [InlineData(10, 80, "431")] // their number
    public async Task Headers_beyond_their_limits_are_refused(int length, int count, string status)
    {
        await using var app = await StartAsync([]);
        await using var stream = await ConnectAsync(app);
        var headers = string.Concat(Enumerable.Range(0, count).Select(n => $"X-{n}: {new string('a', length)}\r\n"));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /ok HTTP/1.1\r\nHost: x\r\n{headers}\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_body_above_the_default_is_413_whether_or_not_it_says_its_length()
    {
        await using var app = await StartAsync(new() { ["Http:MaxBodyBytes"] = "1024" });
        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/read") { Content = new ByteArrayContent(new byte[2000]) };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Contains("GRID-1012", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("Content-Length: 2000", "slow", "then")]
    [InlineData("Transfer-Encoding: chunked", "7d0\r\nslow", "then\r\n0\r\n\r\n")]
    public async Task Who_still_sends_what_is_too_large_reads_so_and_the_connection_goes_on(string length, string begin, string end)
    {
        await using var app = await StartAsync(new() { ["Http:MaxBodyBytes"] = "1024" });
        await using var stream = await ConnectAsync(app);
        await SendAsync($"POST /read HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n{begin}{new string('a', 1100)}");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await SendAsync($"{new string('a', 2000 - 1100 - 8)}{end}GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("GRID-1012", rest);
        Assert.Contains("HTTP/1.1 200", rest);

        async Task SendAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("/read", "413", "GRID-1012")]
    [InlineData("/refuse", "409", "GRID-1004")] // by one who reads nothing of it
    public async Task What_is_too_large_to_be_thrown_away_is_refused_and_its_connection_ends(string path, string status, string code)
    {
        await using var app = await StartAsync([]);
        await using var stream = await ConnectAsync(app);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken); // returns when the server closes
        Assert.StartsWith($"HTTP/1.1 {status}", answer);
        Assert.Contains(code, answer);
        Assert.Contains("Connection: close", answer);
    }

    private static async Task<NetworkStream> ConnectAsync(TestApp app)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, TestContext.Current.CancellationToken);
        return new(socket, ownsSocket: true);
    }

    private static Task<TestApp> StartAsync(Dictionary<string, string?> settings, TaskCompletionSource? cancelled = null) => TestApp.StartAsync(app =>
    {
        app.MapGet("/ok", () => "ok");
        app.MapPost("/read", async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            return "read";
        });
        app.MapPost("/refuse", string () => throw new GridException(GridError.AlreadyExists, "It is there already."));
        app.MapGet("/hang", async (HttpContext context) =>
        {
            context.RequestAborted.Register(() => cancelled!.TrySetResult());
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
    }, settings: settings, ct: TestContext.Current.CancellationToken);
}
