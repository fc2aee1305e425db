using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.EndToEnd;

/// <summary>
/// One walk through the pages by headless Chromium: a program in <c>walks/</c>, which asserts as it goes. It reads what it needs to know as
/// JSON from its input, and writes what it saw as JSON.
/// </summary>
internal static class Walk
{
    public static async Task<JsonElement> RunAsync(string name, object given, CancellationToken ct)
    {
        var project = Path.Combine(Repository.Root, "tests", "EndToEnd");
        Assert.True(Directory.Exists(Path.Combine(project, "node_modules")), "The npm packages of tests/EndToEnd are not installed: ./grid test EndToEnd installs them.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Eventually.Patience);
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(project, "walks", name + ".mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        })!;
        try
        {
            await node.StandardInput.WriteAsync(JsonSerializer.Serialize(given, JsonSerializerOptions.Web).AsMemory(), patience.Token);
            node.StandardInput.Close();
            var (output, error) = (node.StandardOutput.ReadToEndAsync(patience.Token), node.StandardError.ReadToEndAsync(patience.Token));
            await node.WaitForExitAsync(patience.Token);
            Assert.True(node.ExitCode == 0, await error);
            return JsonElement.Parse(await output);
        }
        finally
        {
            if (!node.HasExited) node.Kill(entireProcessTree: true);
        }
    }
}
