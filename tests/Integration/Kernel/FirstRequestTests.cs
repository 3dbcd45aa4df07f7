using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

public sealed class FirstRequestTests
{
    /// <summary>The port is open before the host knows its own address, which it checks tokens by: the fault of one request too early would be every later one's.</summary>
    [Fact]
    public async Task a_request_that_comes_before_the_host_has_started_is_to_be_tried_again_and_those_after_it_are_answered()
    {
        using var port = FreePort.Take();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var builder = WebApplication.CreateSlimBuilder([.. ModularHost.SettingsOnce, $"--Urls={http.BaseAddress}", "--Modules=none"]);
        var asking = new TaskCompletionSource<Task<HttpResponseMessage>>();
        builder.Services.AddHostedService(services => new WhenStarted(services.GetRequiredService<IHostApplicationLifetime>(), () =>
        {
            var early = http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            asking.SetResult(early);
            Task.WaitAny([early]);
        }));

        await using var host = await ModularHost.StartAsync(builder, [], Manifest.Of([]));

        using var early = await await asking.Task;
        using var later = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (early.StatusCode, later.StatusCode));
        Assert.NotNull(early.Headers.RetryAfter);
    }

    private sealed class WhenStarted(IHostApplicationLifetime lifetime, Action act) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(act);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
