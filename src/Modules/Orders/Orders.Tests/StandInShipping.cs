using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shipping.Contracts;

namespace Orders.Tests;

/// <summary>Stands in for Shipping in another host: a gRPC server that answers as a test wants.</summary>
public sealed class StandInShipping : IAsyncDisposable
{
    private readonly WebApplication _server;

    private StandInShipping(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.First());

    /// <summary>Up to 2 kg for 3.95, above for 6.95; nothing for nothing.</summary>
    public static QuoteReply Usual(QuoteRequest asked) => asked.WeightGrams switch
    {
        0 => new QuoteReply { Currency = asked.Currency },
        <= 2_000 => new QuoteReply { AmountMinor = 395, Currency = asked.Currency, FromGrams = 1, UpToGrams = 2_000 },
        _ => new QuoteReply { AmountMinor = 695, Currency = asked.Currency, FromGrams = 2_001, UpToGrams = 10_000 },
    };

    /// <summary>How it answers from now on.</summary>
    public Func<QuoteRequest, CancellationToken, Task<QuoteReply>> Answer { get; set; } = (asked, _) => Task.FromResult(Usual(asked));

    /// <summary>Every attempt, the oldest first.</summary>
    public ConcurrentQueue<QuoteRequest> Asked { get; } = [];

    public void IsWell() => Answer = (asked, _) => Task.FromResult(Usual(asked));

    public void IsAway() => Answer = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "away"));

    public static async Task<StandInShipping> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var shipping = new StandInShipping[1];
        builder.Services.AddSingleton(_ => shipping[0]);
        shipping[0] = new StandInShipping(builder.Build());
        shipping[0]._server.MapGrpcService<Answers>();
        await shipping[0]._server.StartAsync();
        return shipping[0];
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Answers(StandInShipping shipping) : Rates.RatesBase
    {
        public override Task<QuoteReply> Quote(QuoteRequest request, ServerCallContext context)
        {
            shipping.Asked.Enqueue(request);
            return shipping.Answer(request, context.CancellationToken);
        }
    }
}
