using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Shared.Kernel;

/// <summary>What surrounds every call, the same to a neighbour as over a socket, from the outside in: bulkhead, retry of reads, circuit breaker, time for one attempt.</summary>
internal static class CallPipeline
{
    private const int Retries = 2;

    private static readonly Meter Meter = new("Modular");
    private static readonly ConcurrentDictionary<(string Caller, string Callee), CircuitBreakerStateProvider> Breakers = new();

    public static readonly Counter<long> Fallbacks = Meter.CreateCounter<long>("modular.calls.fallbacks", description: "Calls that got no answer, so that the caller did without.");

    static CallPipeline() => Meter.CreateObservableGauge("modular.calls.breaker",
        () => Breakers.Select(breaker => new Measurement<int>((int)breaker.Value.CircuitState, Tags(breaker.Key.Caller, breaker.Key.Callee))), description: "0 closed, 1 open, 2 half open.");

    public static KeyValuePair<string, object?>[] Tags(string caller, string callee) => [new("caller", caller), new("callee", callee)];

    public static HttpMessageHandler Around(HttpMessageHandler way, string caller, ServiceDescriptor service, CallSettings settings)
    {
        var reads = service.Methods.Where(method => method.GetOptions()?.IdempotencyLevel == MethodOptions.Types.IdempotencyLevel.NoSideEffects)
            .Select(method => $"/{service.FullName}/{method.Name}").ToHashSet();
        var breaker = Breakers[(caller, CallMap.ModuleOf(service))] = new CircuitBreakerStateProvider();
        Fallbacks.Add(0, Tags(caller, CallMap.ModuleOf(service)));

        return new ResilienceHandler(new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddConcurrencyLimiter(settings.Parallel)
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                Delay = TimeSpan.FromMilliseconds(50),
                UseJitter = true,
                ShouldHandle = attempt => new(IsAway(attempt.Outcome) && reads.Contains(attempt.Context.GetRequestMessage()!.RequestUri!.AbsolutePath)),
            })
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = settings.BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = settings.BreakFor,
                StateProvider = breaker,
                ShouldHandle = attempt => new(IsAway(attempt.Outcome)),
            })
            .AddTimeout(settings.Attempt)
            .Build()) { InnerHandler = way };
    }

    // A status without a message comes in the headers: UNKNOWN (the callee threw), DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE.
    private static bool IsAway(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or IOException or TimeoutRejectedException
        || outcome.Result is { } answer && ((int)answer.StatusCode >= 500 || answer.Headers.TryGetValues("grpc-status", out var status) && status.First() is "2" or "4" or "13" or "14");
}
