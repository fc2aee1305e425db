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
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
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
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 503", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(20_000, 1, "431")] // bytes of headers
    [InlineData(10, 80, "431")] // their number
    public async Task Headers_beyond_their_limits_are_refused(int length, int count, string status)
    {
        await using var app = await StartAsync([]);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, TestContext.Current.CancellationToken);
        var headers = string.Concat(Enumerable.Range(0, count).Select(n => $"X-{n}: {new string('a', length)}\r\n"));
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /ok HTTP/1.1\r\nHost: x\r\n{headers}\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
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

    private static Task<TestApp> StartAsync(Dictionary<string, string?> settings, TaskCompletionSource? cancelled = null) => TestApp.StartAsync(app =>
    {
        app.MapGet("/ok", () => "ok");
        app.MapPost("/read", async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            return "read";
        });
        app.MapGet("/hang", async (HttpContext context) =>
        {
            context.RequestAborted.Register(() => cancelled!.TrySetResult());
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
    }, settings: settings, ct: TestContext.Current.CancellationToken);
}
