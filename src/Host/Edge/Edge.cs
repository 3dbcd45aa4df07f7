using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Shared.Kernel;

namespace Host;

/// <summary>What a gateway does to every request before its module sees it, wherever that runs: compresses answers, lets pages of other origins in, limits how often somebody asks.</summary>
internal sealed record Edge(IReadOnlyList<string> Origins, RequestLimit? Limit, bool Compresses)
{
    private static readonly string[] s_shown = ["ETag", "Location", "Retry-After", "X-Request-Id", "RateLimit", "RateLimit-Policy", "Deprecation", "Sunset", "Link"];

    /// <summary>Reads the settings and adds every fault found to <paramref name="faults"/>.</summary>
    public static Edge Read(IConfiguration configuration, ICollection<string> faults)
    {
        var origins = (configuration["Cors:Origins"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var origin in origins.Where(origin => !IsOrigin(origin)))
            faults.Add($"Cors:Origins names '{origin}', which is no origin: say scheme, host and port as browsers do, such as https://shop.example, without a path; '*' is not taken.");
        if (!bool.TryParse(configuration["Compression"] ?? "true", out var compresses)) faults.Add($"Compression is '{configuration["Compression"]}': it must be true or false.");
        return new Edge(origins, RequestLimit.Read(configuration, faults), compresses);
    }

    public static void Add(WebApplicationBuilder builder, Manifest manifest)
    {
        builder.Services.AddSingleton<IStartupFilter>(new Versions(manifest));
        builder.Services.AddCors();
        builder.Services.AddResponseCompression(compression =>
        {
            // TLS ends before the gateway as a rule: whether an answer was asked for over it cannot be seen. What is secret is in headers, which are not compressed.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["application/json", "application/problem+json", "text/csv", "text/html", "application/x-ndjson"];
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
        });
        builder.Services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
    }

    /// <summary>A host that is no gateway leaves all this to the one before it: done twice, a browser would refuse the answer.</summary>
    public void Use(WebApplication front, Topology topology)
    {
        if (!topology.Gateway) return;

        if (Compresses) front.UseResponseCompression();
        if (Origins.Count > 0) front.UseCors(cors => cors.WithOrigins([.. Origins]).AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(s_shown).SetPreflightMaxAge(TimeSpan.FromHours(1)));
        if (Limit is not null) front.Use(Limit.Guard);
    }

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}
