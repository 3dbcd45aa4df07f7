using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shared.Testing;

namespace Integration;

/// <summary>An instance of a module in another host, as far as a gateway can tell: it is ready or not, counts its requests and answers as a test says.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly FreePort _port = FreePort.Take();
    private WebApplication? _application;
    private int _asked;

    public string Address => $"http://127.0.0.1:{_port}";

    /// <summary>What its readiness says.</summary>
    public bool Ready { get; set; } = true;

    /// <summary>Requests for the module, not for its readiness.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public Func<HttpContext, Task> Answer { get; set; } = Echo.AnswerAsync;

    public static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Closes the connection in order, without an answer, as a server does with one that was idle.</summary>
    public static async Task CloseAsync(HttpContext context)
    {
        await context.Features.Get<IConnectionTransportFeature>()!.Transport.Output.CompleteAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Starts, unless it runs, and counts and answers as if it had just been started.</summary>
    public async Task StartAsync()
    {
        (Ready, _asked, Answer) = (true, 0, Echo.AnswerAsync);
        if (_application is not null) return;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _application = builder.Build();
        _application.MapGet("/health/ready/{module}", () => Results.StatusCode(Ready ? 200 : 503));
        _application.Map("/v1/{**rest}", (HttpContext context) =>
        {
            Interlocked.Increment(ref _asked);
            return Answer(context);
        });
        await _application.StartAsync();
    }

    /// <summary>Breaks off what it is doing, and nobody listens any more.</summary>
    public async Task DieAsync()
    {
        if (_application is null) return;
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
        _application = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DieAsync();
        _port.Dispose();
    }
}

/// <summary>Answers with what was received: the headers and how many bytes came.</summary>
internal static class Echo
{
    public static async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.Headers["Server"] = "stand-in";
        context.Response.Headers["X-Powered-By"] = "tests";
        context.Response.Headers["X-Request-Id"] = "another";
        await context.Response.WriteAsJsonAsync(new Received(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.Length));
    }

    public sealed record Received(Dictionary<string, string> Headers, long Bytes);
}
