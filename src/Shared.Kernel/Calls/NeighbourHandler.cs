using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Shared.Kernel;

/// <summary>Enters a module of this process as over HTTP/2, without a socket. Request and answer are whole messages in memory: a callee is asked one question at a time, never by a stream.</summary>
internal sealed class NeighbourHandler(Func<ModuleServer> neighbour) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        if (request.Content is { } content) await content.CopyToAsync(body, cancellationToken);
        var exchange = new Exchange(request, body.ToArray(), cancellationToken);

        // As on a wire, the trace goes along in the headers, and nothing that the caller keeps in async locals does.
        DistributedContextPropagator.Current.Inject(Activity.Current, exchange.RequestHeaders, static (headers, name, value) => ((IHeaderDictionary)headers!)[name] = value);
        Task answered;
        using (ExecutionContext.SuppressFlow()) answered = Task.Run(() => exchange.RunAsync(neighbour()), CancellationToken.None);
        await answered.WaitAsync(cancellationToken);
        return exchange.Answer();
    }

    private sealed class Exchange : StreamResponseBodyFeature, IHttpResponseFeature, IHttpResponseTrailersFeature, IHttpRequestLifetimeFeature
    {
        private readonly FeatureCollection _features = new();
        private readonly Stack<(Func<object, Task> Run, object State)> _starting = new(), _completed = new();

        public Exchange(HttpRequestMessage request, byte[] body, CancellationToken aborted) : base(new MemoryStream())
        {
            var incoming = new HttpRequestFeature { Protocol = HttpProtocol.Http2, Scheme = "http", Method = request.Method.Method, Path = request.RequestUri!.AbsolutePath, Body = new MemoryStream(body) };
            foreach (var header in request.Headers.NonValidated.Concat(request.Content?.Headers.NonValidated ?? default)) incoming.Headers[header.Key] = new StringValues([.. header.Value]);
            RequestHeaders = incoming.Headers;
            RequestAborted = aborted;
            _features.Set<IHttpRequestFeature>(incoming);
            _features.Set<IHttpResponseFeature>(this);
            _features.Set<IHttpResponseBodyFeature>(this);
            _features.Set<IHttpResponseTrailersFeature>(this);
            _features.Set<IHttpRequestLifetimeFeature>(this);
        }

        public IHeaderDictionary RequestHeaders { get; }
        public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();
        public int StatusCode { get; set; } = StatusCodes.Status200OK;
        public string? ReasonPhrase { get; set; }
        public bool HasStarted { get; private set; }
        public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();
        public CancellationToken RequestAborted { get; set; }
        Stream IHttpResponseFeature.Body { get => Stream; set => throw new NotSupportedException(); }

        public void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

        public void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

        // Only who asks gives up on a call: the deadline is known to both.
        public void Abort() { }

        public override async Task StartAsync(CancellationToken cancellationToken = default)
        {
            if (HasStarted) return;
            while (_starting.TryPop(out var callback)) await callback.Run(callback.State);
            HasStarted = true;
            await base.StartAsync(cancellationToken);
        }

        public async Task RunAsync(ModuleServer neighbour)
        {
            try
            {
                await neighbour.EnterAsync(_features);
                await CompleteAsync();
            }
            finally
            {
                while (_completed.TryPop(out var callback)) await callback.Run(callback.State);
            }
        }

        public HttpResponseMessage Answer()
        {
            var answer = new HttpResponseMessage((HttpStatusCode)StatusCode) { Version = HttpVersion.Version20, Content = new ByteArrayContent(((MemoryStream)Stream).ToArray()) };
            foreach (var (name, values) in Headers)
                if (!answer.Headers.TryAddWithoutValidation(name, values.ToArray())) answer.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            foreach (var (name, values) in Trailers) answer.TrailingHeaders.TryAddWithoutValidation(name, values.ToArray());
            return answer;
        }
    }
}
