using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Shared.Kernel;

/// <summary>A module's server: it keeps the module's application, and the host's one Kestrel hands it requests. Same pipeline as on a socket, no second socket.</summary>
internal sealed class ModuleServer : IServer
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<IFeatureCollection, Task>? _application;
    private int _running;
    private volatile bool _stopping;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        _application = features => ProcessAsync(application, features);
        return Task.CompletedTask;
    }

    /// <summary>Waits until no request is running; the front has stopped taking new ones before.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        return Volatile.Read(ref _running) == 0 ? Task.CompletedTask : _idle.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Enters the module with what the front has checked: the caller, which no header can forge.</summary>
    public Task EnterAsync(HttpContext context)
    {
        // The module takes its parent span from the headers, as it would on a wire.
        DistributedContextPropagator.Current.Inject(Activity.Current, context.Request.Headers, static (headers, name, value) => ((IHeaderDictionary)headers!)[name] = value);

        var features = new WireFeatures(context.Features);
        if (context.User.Identity is { IsAuthenticated: true }) features.Set(new CheckedPrincipal(context.User));
        return EnterAsync(features);
    }

    /// <summary>Enters the module with a request that no front has seen.</summary>
    public async Task EnterAsync(IFeatureCollection request)
    {
        Interlocked.Increment(ref _running);
        try
        {
            if (_stopping || _application is not { } application) request.GetRequiredFeature<IHttpResponseFeature>().StatusCode = StatusCodes.Status503ServiceUnavailable;
            else await application(request);
        }
        finally
        {
            if (Interlocked.Decrement(ref _running) == 0 && _stopping) _idle.TrySetResult();
        }
    }

    public void Dispose() { }

    private static async Task ProcessAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection features) where TContext : notnull
    {
        var context = application.CreateContext(features);
        Exception? fault = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception thrown)
        {
            fault = thrown;
            throw;
        }
        finally
        {
            application.DisposeContext(context, fault);
        }
    }
}

/// <summary>Who asks, as the front has found out from the token.</summary>
internal sealed record CheckedPrincipal(ClaimsPrincipal User);

/// <summary>What the connection offers, and nothing of what the front's own pipeline hung on the request (endpoint, services, user, items). Writes stay here.</summary>
internal sealed class WireFeatures(IFeatureCollection connection) : IFeatureCollection
{
    private static readonly FrozenSet<Type> Wire = new[]
    {
        typeof(IHttpRequestFeature), typeof(IHttpResponseFeature), typeof(IHttpResponseBodyFeature), typeof(IHttpRequestLifetimeFeature),
        typeof(IHttpRequestIdentifierFeature), typeof(IHttpConnectionFeature), typeof(ITlsConnectionFeature), typeof(IHttpRequestTrailersFeature),
        typeof(IHttpResponseTrailersFeature), typeof(IHttpResetFeature), typeof(IHttpUpgradeFeature), typeof(IHttpExtendedConnectFeature),
        typeof(IHttpMaxRequestBodySizeFeature), typeof(IHttpBodyControlFeature), typeof(IHttpRequestBodyDetectionFeature), typeof(IHttpMinRequestBodyDataRateFeature),
        typeof(IRequestBodyPipeFeature), typeof(IHttpWebSocketFeature), typeof(IConnectionIdFeature),
    }.ToFrozenSet();

    private readonly Dictionary<Type, object> _own = [];
    private int _revision;

    public bool IsReadOnly => false;

    public int Revision => _revision + connection.Revision;

    public object? this[Type key]
    {
        get => _own.TryGetValue(key, out var own) ? own : Wire.Contains(key) ? connection[key] : null;
        set
        {
            _revision++;
            if (value is null) _own.Remove(key);
            else _own[key] = value;
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        _own.Concat(connection.Where(feature => Wire.Contains(feature.Key) && !_own.ContainsKey(feature.Key))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
