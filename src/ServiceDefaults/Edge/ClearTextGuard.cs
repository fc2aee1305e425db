using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>
/// Outside Development nothing listens in clear but to this machine, or to a proxy that has ended TLS. Decided before the first socket opens;
/// and once more of what really listens, since code can add to the configuration.
/// </summary>
internal sealed class ClearTextGuard(
    IHostEnvironment environment, IConfiguration configuration, IServer server, IOptions<EdgeOptions> options, EdgeCertificate certificate) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Check(Configured());
        _ = certificate.Current; // a host that could greet nobody does not start
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        return Task.CompletedTask;
    }

    /// <exception cref="InvalidOperationException">One of the addresses is open and in clear.</exception>
    private void Check(IEnumerable<string> addresses)
    {
        if (environment.IsDevelopment() || options.Value.Proxies.Length > 0) return;
        if (addresses.FirstOrDefault(IsOpenInClear) is { } open)
            throw new InvalidOperationException(
                $"'{open}' would listen in clear beyond this machine. Listen on https (Edge:CertificateFile, Edge:CertificateKeyFile), or name in Edge:Proxies the proxy that ends TLS before this host.");
    }

    private static bool IsOpenInClear(string address)
    {
        var binding = BindingAddress.Parse(address);
        if (!string.Equals(binding.Scheme, "http", StringComparison.OrdinalIgnoreCase) || binding.IsUnixPipe || binding.IsNamedPipe) return false;
        return !string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            && !(IPAddress.TryParse(binding.Host, out var ip) && IPAddress.IsLoopback(ip));
    }

    private IEnumerable<string> Configured()
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        var urls = Listed("urls");
        var ports = urls.Length > 0 ? [] : Listed("http_ports").Select(port => $"http://*:{port}"); // urls win over ports
        return [.. endpoints, .. urls, .. ports];
    }

    private string[] Listed(string key) => configuration[key]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
