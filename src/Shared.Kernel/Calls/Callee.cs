using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Shared.Kernel;

/// <summary>A module that is asked by its generated client, wherever it runs: within a deadline, a bounded number at once, reads once more, and not at all while it fails.</summary>
public sealed partial class Callee<TClient> : IDisposable where TClient : ClientBase<TClient>
{
    private readonly string _caller, _name;
    private readonly GrpcChannel _channel;
    private readonly TClient _client;
    private readonly CallSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    private Callee(string caller, string name, GrpcChannel channel, CallSettings settings, TimeProvider clock, ILogger logger)
    {
        (_caller, _name, _channel, _settings, _clock, _logger) = (caller, name, channel, settings, clock, logger);
        _client = (TClient)Activator.CreateInstance(typeof(TClient), channel.CreateCallInvoker())!;
    }

    internal static Callee<TClient> Open(string caller, ServiceDescriptor service, Switchboard switchboard, IServiceProvider module)
    {
        var name = CallMap.ModuleOf(service);
        var channel = GrpcChannel.ForAddress(switchboard.AddressOf(name), new GrpcChannelOptions
        {
            // A client, not a handler: of a handler that it knows gRPC would watch the connection, and refuse calls for minutes without asking the breaker.
            HttpClient = new HttpClient(CallPipeline.Around(switchboard.WayTo(name), caller, service, switchboard.Settings)) { Timeout = Timeout.InfiniteTimeSpan },
            DisposeHttpClient = true,
        });
        return new(caller, name, channel, switchboard.Settings, module.GetRequiredService<TimeProvider>(), module.GetRequiredService<ILoggerFactory>().CreateLogger("Shared.Kernel.Callee"));
    }

    /// <summary>Null if it cannot be asked now: the caller states what is done then. That is counted, and logged with its reason.</summary>
    /// <param name="ask">Calls one method with the options given: <c>(rates, options) => rates.QuoteAsync(request, options)</c>.</param>
    /// <exception cref="RefusedException">It was asked, and says that the question is wrong.</exception>
    public async Task<TReply?> Ask<TReply>(Func<TClient, CallOptions, AsyncUnaryCall<TReply>> ask, CancellationToken ct) where TReply : class
    {
        using var activity = Telemetry.Source.StartActivity($"ask {_name}", ActivityKind.Client);
        try
        {
            var options = new CallOptions(CallToken.Header(_caller, _name, _settings.Key, _clock), (_clock.GetUtcNow() + _settings.Deadline).UtcDateTime, ct);
            using var call = ask(_client, options);
            return await call;
        }
        catch (RpcException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            throw new RefusedException(refusal.Trailers.GetValue(AnswerFaults.Code) ?? $"{_name}.refused", refusal.Status.Detail);
        }
        catch (RpcException fault)
        {
            // Whatever is wrong with it must not stop the caller.
            activity?.SetStatus(ActivityStatusCode.Error, $"{fault.StatusCode}");
            CallPipeline.Fallbacks.Add(1, CallPipeline.Tags(_caller, _name));
            LogNotAsked(_caller, _name, fault.StatusCode, fault.Status.DebugException?.GetType().Name ?? fault.Status.Detail);
            return null;
        }
    }

    public void Dispose() => _channel.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Caller} could not ask {Callee} and does without: {Status}, {Reason}")]
    private partial void LogNotAsked(string caller, string callee, StatusCode status, string reason);
}
